/** What can be drawn over a picture: things in boxes, with key points and masks, and maps of classes. */
import { InputError } from '../core/errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { MAX_PIXELS } from '../vision/pixels.ts';
import { checkSkeleton, skeletonOf, type Skeleton } from '../vision/skeletons.ts';

/** A key point of a thing, in pixels of the picture. */
export interface AnnotationPoint {
  readonly x: number;
  readonly y: number;
  /** Where it is below `pointThreshold`, the point is not drawn. */
  readonly score?: number | undefined;
}

/** Pixels that belong to a thing: a rectangle of them, and which of these do. */
export interface AnnotationMask {
  /** Upper left corner and extents, in whole pixels of the picture. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** A byte a pixel, by rows: 0 where it does not belong to the thing. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** A thing to be drawn: a `Detection`, or whatever else has a box. All is in pixels of the picture. */
export interface Annotation {
  /** Upper left corner and extents of the box. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly score?: number | undefined;
  /** Class: it chooses the colour. */
  readonly index?: number | undefined;
  /** Name of the class. */
  readonly label?: string | undefined;
  /** Number of the thing in a sequence of pictures. */
  readonly id?: number | undefined;
  readonly points?: readonly AnnotationPoint[] | undefined;
  /** Corners of a polygon around the thing, which is drawn in place of the box. */
  readonly outline?: readonly AnnotationPoint[] | undefined;
  readonly mask?: AnnotationMask | undefined;
}

/** A class for each pixel of a map, which covers the whole picture whatever its own extents. */
export interface ClassMap {
  readonly width: number;
  readonly height: number;
  /** Classes by rows. */
  readonly data: Uint8Array | Uint16Array | Int32Array;
  /** Names of the classes. */
  readonly labels?: readonly string[] | undefined;
  /** A class that is not drawn. */
  readonly background?: number | undefined;
  /** What stands for pixels of no class: they are not drawn. */
  readonly unlabelled?: number | undefined;
}

/** How annotations look. Sizes are in pixels of the display, whatever the extents of the picture. */
export interface AnnotationOptions {
  /**
   * How wide the picture will be shown, in pixels of the display: labels and lines have a constant size there. As wide as the
   * picture unless given.
   */
  readonly displayWidth?: number;
  /** Of the labels; 13 unless given. */
  readonly fontSize?: number;
  /** Of boxes and skeletons; 2 unless given. */
  readonly lineWidth?: number;
  /** Of masks and class maps, from 0 to 1; 0.45 unless given. */
  readonly opacity?: number;
  /** Whether things of one class have one colour, unless given, or each has one of its own, by `id` or else its place. */
  readonly colourBy?: 'class' | 'instance';
  /** Lowest score of a key point that is drawn; 0.3 unless given. */
  readonly pointThreshold?: number;
  /** Lines over the key points; those that are usual for as many points unless given (`skeletonOf`). */
  readonly skeleton?: Skeleton;
  /** The text of a label; none where it is empty. Number of the track, name and score unless given. */
  readonly caption?: (annotation: Annotation, place: number) => string;
}

/** What the options of drawing may be. */
export const ANNOTATION_OPTIONS: OptionRules<AnnotationOptions> = {
  displayWidth: 'positive',
  fontSize: 'positive',
  lineWidth: 'positive',
  opacity: 'number',
  colourBy: ['class', 'instance'],
  pointThreshold: 'number',
  skeleton: 'list',
  caption: 'function',
};

/** True of a map of classes. */
export function isClassMap(given: readonly Annotation[] | ClassMap): given is ClassMap {
  return !Array.isArray(given) && 'data' in Object(given);
}

/** Throws InputError, which says which thing it is, for what cannot be drawn. */
export function checkAnnotations(annotations: readonly Annotation[], { skeleton }: AnnotationOptions): void {
  if (!Array.isArray(annotations)) {
    throw new InputError('what is to be drawn is no list of things, and no map of classes');
  }
  for (const [i, annotation] of annotations.entries()) {
    const fault = faultOf(annotation);
    if (fault !== undefined) throw new InputError(`thing ${i} of those to be drawn: ${fault}`);
    const points = annotation.points?.length ?? 0;
    if (points > 0) checkSkeleton(skeleton ?? skeletonOf(points), points);
  }
}

/** Throws InputError for what is no map of classes. */
export function checkClassMap({ width, height, data }: ClassMap): void {
  const isMap = Number.isSafeInteger(width) && Number.isSafeInteger(height) && width > 0 && height > 0;
  if (isMap && data.length === width * height) return;
  throw new InputError(`a map of ${width}x${height} classes has ${width * height}, not ${data.length}`);
}

function faultOf(annotation: Annotation): string | undefined {
  if (Object(annotation) !== annotation) return 'it is no object';
  const { x, y, width, height, score, label, points, outline, mask } = annotation;
  const wrong = Object.entries({ x, y, width, height, score: score ?? 0 }).find(([, v]) => !Number.isFinite(v));
  if (wrong) return `${wrong[0]} is ${String(wrong[1])}, no finite number`;
  if (width < 0 || height < 0) return `its box is ${width}x${height}`;
  if (isFar(x) || isFar(y) || isFar(width) || isFar(height)) return 'its box lies beyond any picture';
  if (label !== undefined && typeof label !== 'string') return 'its label is no text';
  const lost = (points ?? []).findIndex((point) => isFar(point?.x) || isFar(point?.y));
  if (lost >= 0) return `key point ${lost} is at no place`;
  const corner = (outline ?? []).findIndex((point) => isFar(point?.x) || isFar(point?.y));
  if (corner >= 0) return `corner ${corner} of its outline is at no place`;
  return mask && faultOfMask(mask);
}

function faultOfMask({ x, y, width, height, data }: AnnotationMask): string | undefined {
  if (![x, y, width, height].every((value) => Number.isSafeInteger(value) && !isFar(value)))
    return 'its mask is at no whole pixels';
  if (width < 0 || height < 0 || data?.length !== width * height) {
    return `its mask of ${width}x${height} has ${data?.length ?? 'no'} bytes`;
  }
  return undefined;
}

/** True beyond any picture, and for what is no number: painters cannot be told such places. */
function isFar(value: number | undefined): boolean {
  return !(value !== undefined && Math.abs(value) <= MAX_PIXELS);
}
