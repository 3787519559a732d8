/** A map of classes as shapes: its regions, and a legend of the classes. */
import type { PictureSize } from '../vision/picture-spec.ts';
import { checkClassMap, type AnnotationOptions, type ClassMap } from './annotations.ts';
import { classColour } from './colours.ts';
import type { DisplayList, LinesShape, Shape2D } from './display-list.ts';
import { plateShapes, plateSizes, type TextWidth } from './label-shapes.ts';
import { outlineRegions } from './regions.ts';

/** Least share of the picture that a class has for it to be in the legend. */
const LEAST_SHARE = 0.002;

/** See `displayList`. */
export function classMapList(
  map: ClassMap,
  picture: PictureSize,
  options: AnnotationOptions,
  widthOf: TextWidth,
): DisplayList {
  checkClassMap(map);
  const { displayWidth = picture.width, opacity = 0.45 } = options;
  const size = { width: displayWidth, height: (picture.height * displayWidth) / picture.width };
  const scale = { x: size.width / map.width, y: size.height / map.height };
  const outlined = [...outlineRegions(map, map.background)].filter(([index]) => index !== map.unlabelled);
  const regions = outlined.map(([index, outlines]): LinesShape => {
    const lines = outlines.map((outline) => outline.map((value, i) => value * (i % 2 === 0 ? scale.x : scale.y)));
    const colour = classColour(index);
    return { kind: 'lines', lines, closed: true, fill: colour, fillOpacity: opacity, stroke: colour, lineWidth: 1 };
  });
  const legend = legendShapes(map, size, options, widthOf);
  return { ...size, shapes: [...regions, ...legend.shapes], droppedLabels: legend.dropped };
}

/** A plate for each class, the largest lowest, in columns from the lower left corner; and how many found no place. */
function legendShapes(
  map: ClassMap,
  picture: PictureSize,
  { fontSize = 13 }: AnnotationOptions,
  widthOf: TextWidth,
): { readonly shapes: Shape2D[]; readonly dropped: number } {
  const sizes = plateSizes(fontSize);
  const shapes: Shape2D[] = [];
  const classes = sharesOf(map);
  let [x, y, widest, placed] = [sizes.side, picture.height - sizes.side, 0, 0];
  for (const [index, share] of classes) {
    const text = `${map.labels?.[index] ?? `class ${index}`} ${Math.round(share * 100)} %`;
    const width = Math.ceil(widthOf(text, fontSize)) + 2 * sizes.side;
    if (y - sizes.height < sizes.side) [x, y, widest] = [x + widest + 2, picture.height - sizes.side, 0];
    if (x + width > picture.width || y < sizes.height) break;
    y -= sizes.height + 2;
    shapes.push(...plateShapes({ x, y, width, height: sizes.height }, { text, colour: classColour(index) }, sizes));
    widest = Math.max(widest, width);
    placed++;
  }
  return { shapes, dropped: classes.length - placed };
}

/** The classes that are drawn with their shares of the picture, the largest first. */
function sharesOf({ data, background, unlabelled }: ClassMap): [index: number, share: number][] {
  const counts = new Map<number, number>();
  for (const index of data) counts.set(index, (counts.get(index) ?? 0) + 1);
  return [...counts]
    .map(([index, count]): [number, number] => [index, count / data.length])
    .filter(([index, share]) => index !== background && index !== unlabelled && share >= LEAST_SHARE)
    .sort(([, a], [, b]) => b - a);
}
