/** How much two things overlap: masks, and what a crowd shares with one of its members. Boxes are in `decode/boxes.ts`. */
import { InputError } from '../../core/errors.ts';
import { boxArea, sharedArea, type Box, type BoxConvention } from '../decode/boxes.ts';

/** A mask: an element a pixel, by rows; every one that is not 0 belongs to the thing. */
export type BinaryMask = ArrayLike<number | boolean>;

/**
 * Area of the intersection over that of the first box alone; 0 for one without an area. COCO compares detections with crowds
 * so: a crowd is marked as one region, and a detection of one of its members lies in it without filling it (Lin et al.,
 * "Microsoft COCO", arXiv:1405.0312, and its evaluation code).
 */
export function intersectionOverFirst(first: Box, crowd: Box, convention: BoxConvention = 'continuous'): number {
  const area = boxArea(first, convention);
  return area > 0 ? sharedArea(first, crowd, convention) / area : 0;
}

/**
 * Pixels of both masks over pixels of either (Jaccard); NaN where both are empty, since there is nothing to compare.
 * Throws InputError for masks of different lengths.
 */
export function maskIntersectionOverUnion(a: BinaryMask, b: BinaryMask): number {
  const { shared, first, second } = counted(a, b);
  return shared / (first + second - shared);
}

/** Pixels of both masks over pixels of the first, as COCO has it for crowds; NaN where that is empty. Throws as above. */
export function maskIntersectionOverFirst(first: BinaryMask, crowd: BinaryMask): number {
  const counts = counted(first, crowd);
  return counts.shared / counts.first;
}

/**
 * Twice the pixels of both masks over the sum of their pixels: Dice's coefficient (1945), which is the F1 score of the
 * pixels and 2·IoU / (1 + IoU); NaN where both are empty. Throws InputError for masks of different lengths.
 */
export function diceCoefficient(a: BinaryMask, b: BinaryMask): number {
  const { shared, first, second } = counted(a, b);
  return (2 * shared) / (first + second);
}

function counted(a: BinaryMask, b: BinaryMask): { shared: number; first: number; second: number } {
  if (a.length !== b.length) {
    throw new InputError(`masks of ${a.length} and ${b.length} pixels cannot be compared`, {
      hint: 'Both have an element for each pixel of the same picture',
    });
  }
  let [shared, first, second] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [inA, inB] = [Number(Boolean(a[i])), Number(Boolean(b[i]))];
    first += inA;
    second += inB;
    shared += inA * inB;
  }
  return { shared, first, second };
}
