/** Annotations as shapes: masks lie lowest, then boxes, key points, and labels on top of all. */
import type { PictureSize } from '../vision/picture-spec.ts';
import { skeletonOf } from '../vision/skeletons.ts';
import {
  checkAnnotations,
  type Annotation,
  type AnnotationMask,
  type AnnotationOptions,
  type AnnotationPoint,
} from './annotations.ts';
import { classColour, type Colour } from './colours.ts';
import type { DisplayList, LinesShape, Shape2D } from './display-list.ts';
import { labelShapes, type LabelText, type TextWidth } from './label-shapes.ts';
import { outlineRegions } from './regions.ts';

/** Under lines, a little broader: they are seen on any picture. */
const SHADE = { stroke: '#000000', strokeOpacity: 0.4 } as const;

/** Key points of meshes are many: their outlines show them. */
const MOST_DOTS = 100;

/** An annotation in pixels of the display, and its colour. */
interface Shown {
  readonly annotation: Annotation;
  readonly colour: Colour;
  /** Pixels of the display in one of the picture. */
  readonly scale: number;
}

/** See `displayList`, which checks what it is given. */
export function annotationList(
  annotations: readonly Annotation[],
  picture: PictureSize,
  options: AnnotationOptions,
  widthOf: TextWidth,
): DisplayList {
  checkAnnotations(annotations, options);
  const { displayWidth = picture.width, colourBy, caption = captionOf } = options;
  const scale = displayWidth / picture.width;
  const size = { width: displayWidth, height: picture.height * scale };
  const shown = annotations.map((annotation, i) => {
    const colour = classColour(colourBy === 'instance' ? (annotation.id ?? i) : annotation.index);
    return { annotation, colour, scale };
  });
  const texts = shown.map(({ annotation, colour }, i): LabelText => {
    return { text: String(caption(annotation, i)), colour, box: snappedBox(annotation, scale) };
  });
  const labels = labelShapes(texts, size, options, widthOf);
  // The best thing is drawn last: its box is not covered by others.
  const below = shown.toReversed();
  const shapes = [
    ...below.flatMap((one) => maskShapes(one, options)),
    ...below.flatMap((one) => boxShapes(one, options)),
    ...below.flatMap((one) => pointShapes(one, options)),
    ...labels.shapes,
  ];
  return { ...size, shapes, droppedLabels: labels.dropped };
}

/** The track's number, the name and the score: `#3 person 92 %`. */
export function captionOf({ id, label, index, score }: Annotation): string {
  const name = label ?? (index === undefined ? undefined : `class ${index}`);
  const percent = score === undefined ? undefined : `${Math.round(score * 100)} %`;
  return [id === undefined ? undefined : `#${id}`, name, percent].filter((part) => part !== undefined).join(' ');
}

/** A box with its edges on whole pixels of the display, where lines are crisp. */
function snappedBox({ x, y, width, height }: Annotation, scale: number): Annotation {
  const [left, top] = [Math.round(x * scale), Math.round(y * scale)];
  const [right, bottom] = [Math.round((x + width) * scale), Math.round((y + height) * scale)];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function boxShapes({ annotation, colour, scale }: Shown, { lineWidth = 2 }: AnnotationOptions): Shape2D[] {
  const { x, y, width, height } = snappedBox(annotation, scale);
  const line = annotation.outline?.flatMap((corner) => [corner.x * scale, corner.y * scale]);
  const box = line
    ? ({ kind: 'lines', lines: [line], closed: true } as const)
    : ({ kind: 'rectangle', x, y, width, height, radius: lineWidth } as const);
  return [
    { ...box, ...SHADE, lineWidth: lineWidth + 1.5 },
    { ...box, stroke: colour, lineWidth },
  ];
}

function maskShapes({ annotation, colour, scale }: Shown, options: AnnotationOptions): Shape2D[] {
  const { mask } = annotation;
  if (!mask) return [];
  const { opacity = 0.45, lineWidth = 2 } = options;
  const lines = maskLines(mask, scale);
  return [
    {
      kind: 'lines',
      lines,
      closed: true,
      fill: colour,
      fillOpacity: opacity,
      stroke: colour,
      lineWidth: lineWidth * 0.75,
    },
  ];
}

function maskLines(mask: AnnotationMask, scale: number): number[][] {
  const { x, y, width, height } = mask;
  const data = mask.data.map((value) => (value === 0 ? 0 : 1));
  const outlines = outlineRegions({ width, height, data }, 0).get(1) ?? [];
  return outlines.map((outline) => outline.map((value, i) => (value + (i % 2 === 0 ? x : y)) * scale));
}

function pointShapes({ annotation, colour, scale }: Shown, options: AnnotationOptions): Shape2D[] {
  const { points = [] } = annotation;
  const { lineWidth = 2, pointThreshold = 0.3, skeleton = skeletonOf(points.length) } = options;
  const isSeen = (point: AnnotationPoint | undefined): boolean => (point?.score ?? 1) >= pointThreshold;
  const isMesh = points.length > MOST_DOTS;
  // Points of small things would cover them.
  const extent = Math.max(annotation.width, annotation.height) * scale || Infinity;
  const lines = skeleton.flatMap((chain) => seenParts(chain, (i) => isSeen(points[i])));
  const bones = lines.map((part) => part.flatMap((i) => [(points[i]?.x ?? 0) * scale, (points[i]?.y ?? 0) * scale]));
  const breadth = isMesh ? lineWidth * 0.6 : lineWidth;
  const dots = isMesh && skeleton.length > 0 ? [] : points.filter(isSeen);
  return [
    ...boneShapes(bones, colour, breadth),
    ...dots.map(({ x, y }): Shape2D => {
      const radius = Math.min(lineWidth * (isMesh ? 0.5 : 1.5), extent / 20);
      return {
        kind: 'circle',
        x: x * scale,
        y: y * scale,
        radius,
        fill: colour,
        stroke: '#ffffff',
        lineWidth: radius / 3,
      };
    }),
  ];
}

function boneShapes(lines: readonly number[][], stroke: Colour, lineWidth: number): LinesShape[] {
  if (lines.length === 0) return [];
  const bones = { kind: 'lines', lines, closed: false } as const;
  return [
    { ...bones, ...SHADE, lineWidth: lineWidth + 1.5 },
    { ...bones, stroke, lineWidth },
  ];
}

/** The parts of a chain whose points are all seen. */
function seenParts(chain: readonly number[], isSeen: (point: number) => boolean): number[][] {
  const parts: number[][] = [[]];
  for (const point of chain) {
    if (isSeen(point)) parts.at(-1)?.push(point);
    else parts.push([]);
  }
  return parts.filter((part) => part.length > 1);
}
