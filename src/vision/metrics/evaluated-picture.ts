/** What the evaluation of detectors is given: for each picture what was found and what there is. */
import { InputError } from '../../core/errors.ts';
import { boxArea, intersectionOverUnion, type BoxConvention } from '../decode/boxes.ts';
import { boxCorners, type UprightBox } from '../regions.ts';
import { intersectionOverFirst } from './overlap.ts';

/** A box by its upper left corner and its extents, as tasks and COCO give it. */
export interface PlacedBox extends UprightBox {
  /** Class. */
  readonly index: number;
  /** COCO's area, by which sizes are told, where it is that of a mask; the box's unless given. */
  readonly area?: number;
}

/** One thing that was found; a `Detection` is one. */
export interface EvaluatedDetection extends PlacedBox {
  readonly score: number;
}

/** One thing that there is. */
export interface GroundTruth extends PlacedBox {
  /** VOC: nobody is blamed who misses it, nor praised who finds it. */
  readonly difficult?: boolean;
  /** COCO: the box holds a crowd, of which any number may be found; nobody is blamed who misses it. */
  readonly crowd?: boolean;
}

/** A picture with what was found in it, in any order, and what there is. */
export interface EvaluatedPicture<
  F extends EvaluatedDetection = EvaluatedDetection,
  T extends GroundTruth = GroundTruth,
> {
  readonly found: readonly F[];
  readonly truths: readonly T[];
}

/** The area that is given, or else that of the box by its extents. */
export function placedArea(box: PlacedBox): number {
  return box.area ?? boxArea(boxCorners(box));
}

/** Overlap of a detection with what there is: intersection over union, of a crowd over the detection alone. */
export function boxSimilarity(found: PlacedBox, truth: GroundTruth, convention: BoxConvention = 'continuous'): number {
  const overlap = truth.crowd ? intersectionOverFirst : intersectionOverUnion;
  return overlap(boxCorners(found), boxCorners(truth), convention);
}

/** Classes that anything was found or marked of, in order. */
export function classesOf(pictures: readonly EvaluatedPicture[]): number[] {
  const all = pictures.flatMap(({ found, truths }) => [...found, ...truths].map(({ index }) => index));
  return [...new Set(all)].sort((a, b) => a - b);
}

/** Throws InputError for boxes that are none, scores that are NaN, and classes that are no index. */
export function checkPictures(pictures: readonly EvaluatedPicture[]): void {
  for (const [i, { found, truths }] of pictures.entries()) {
    for (const [j, box] of found.entries()) {
      checkBox(box, `detection ${j} of picture ${i}`);
      if (Number.isNaN(box.score)) throw new InputError(`the score of detection ${j} of picture ${i} is NaN`);
    }
    for (const [j, box] of truths.entries()) checkBox(box, `truth ${j} of picture ${i}`);
  }
}

function checkBox({ x, y, width, height, index, area }: PlacedBox, name: string): void {
  if (![x, y, width, height].every(Number.isFinite) || width < 0 || height < 0) {
    throw new InputError(`${name} is no box: ${[x, y, width, height].join(', ')}`, {
      hint: 'A box is x, y, width and height, and its extents are not negative',
    });
  }
  if (area !== undefined && !(area >= 0)) throw new InputError(`the area of ${name} is ${area}`);
  if (!Number.isSafeInteger(index) || index < 0) throw new InputError(`the class of ${name} is no index: ${index}`);
}
