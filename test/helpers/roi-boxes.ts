/** Boxes that cases of the poolings of boxes share, [x1, y1, x2, y2] in pixels of a map of 7 × 9 or so. */

export type Boxes = readonly (readonly number[])[];

/** Inside, at the edge, across it, beyond it, without extent, inside out. */
export const BOXES: Boxes = [
  [1, 1, 5, 6],
  [0, 0, 8.75, 6.5],
  [-3, -2, 4, 3.5],
  [6, 4, 14, 11],
  [20, 20, 30, 30],
  [3.25, 2.5, 3.25, 2.5],
  [5, 6, 2, 1],
];

/** The same for rules that round: with halves, which go away from zero. */
export const BOXES_OF_HALVES: Boxes = [[1, 1, 5, 6], [0, 0, 8.5, 6.5], [-3.5, -2, 4, 3.5], ...BOXES.slice(3)];

export const BOXES_WITHOUT_BOUNDS: Boxes = [
  [NaN, 1, 5, 5],
  [1, 1, NaN, 5],
  [0, 0, Infinity, 4],
  [-Infinity, 0, Infinity, 4],
  [-4096, 0, 4096, 6],
  // No samples along one axis, without number along the other; more samples than a number can count by ones.
  [0, 0, Infinity, NaN],
  [-1e30, 0, 1e30, 6],
];

/** Rows of [image, x1, y1, x2, y2], the images in turn. */
export const withImages = (boxes: Boxes, images: number): readonly number[] =>
  boxes.flatMap((box, i) => [i % images, ...box]);
