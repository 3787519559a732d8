/** From a detector's output to things in the picture: rows of boxes, thresholds, suppression, the picture's own pixels. */
import { InputError } from '../../core/errors.ts';
import { shapeText, type Tensor } from '../../core/tensor.ts';
import { nonMaxSuppression, type ScoredBox } from './boxes.ts';
import { pictureMap, type PictureSize, type Preprocessing } from '../picture-spec.ts';

/** One thing that was found. */
export interface Detection {
  /** Upper left corner, in pixels of the picture. */
  readonly x: number;
  readonly y: number;
  /** Extents in pixels of the picture; the box lies within it. */
  readonly width: number;
  readonly height: number;
  readonly score: number;
  /** Class. */
  readonly index: number;
  /** Absent where nobody named the classes. */
  readonly label?: string;
}

/** Which boxes are given. */
export interface DetectionOptions {
  /** Lowest score; 0.3 unless given. */
  readonly threshold?: number;
  /** Boxes of one class that overlap more than this show one thing; 0.5 unless given. */
  readonly iou?: number;
  /** How many are given at most; 50 unless given. */
  readonly max?: number;
}

/** Reads rows of x1, y1, x2, y2, score, class, `[1, boxes, 6]`. Throws InputError for anything else. */
export function boxRows({ shape, data }: Tensor): ScoredBox[] {
  const [batch, rows = 0, fields] = shape;
  if (shape.length !== 3 || batch !== 1 || fields !== 6) {
    throw new InputError(`${shapeText(shape)} holds no boxes: they are rows of six, [1, boxes, 6]`);
  }
  return Array.from({ length: rows }, (_, i) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0, score = 0, index = 0] = data.subarray(i * 6, i * 6 + 6);
    return { x1, y1, x2, y2, score, index };
  });
}

/**
 * Boxes in pixels of the input that `spec` makes, as detections in the picture: best first, overlapping ones of a class
 * suppressed, cut at the border. Throws InputError for options out of range.
 */
export function toDetections(
  boxes: readonly ScoredBox[],
  picture: PictureSize,
  spec: Preprocessing,
  options: DetectionOptions & { readonly labels?: readonly string[] | undefined } = {},
): Detection[] {
  const { threshold = 0.3, iou = 0.5, max = 50, labels } = options;
  const { scaleX, scaleY, offsetX, offsetY } = pictureMap(picture, spec);
  const across = (x: number): number => Math.min(picture.width, Math.max(0, (x - offsetX) / scaleX));
  const down = (y: number): number => Math.min(picture.height, Math.max(0, (y - offsetY) / scaleY));
  const found = nonMaxSuppression(
    boxes.filter(({ score }) => score >= threshold),
    { iou, max },
  );
  return found.flatMap(({ x1, y1, x2, y2, score, index }) => {
    const [x, y] = [across(x1), down(y1)];
    const [width, height] = [across(x2) - x, down(y2) - y];
    // A box in the border that the picture was padded with shows nothing of it.
    if (!(width > 0 && height > 0)) return [];
    const label = labels?.[index];
    return [{ x, y, width, height, score, index, ...(label === undefined ? {} : { label }) }];
  });
}
