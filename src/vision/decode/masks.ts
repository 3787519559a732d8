/** Masks of boxes, as Mask R-CNN gives them, laid into the picture: the rules of torchvision's paste_masks_in_image. */
import { InputError } from '../../core/errors.ts';
import { shapeText, type Tensor } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';
import type { PictureSize } from '../picture-spec.ts';

/** A mask where it is in the picture; the picture's other pixels do not belong to it. */
export interface PastedMask {
  /** Upper left corner and extents, in pixels of the picture; zero where the box lies outside. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** A byte a pixel, by rows: 1 where the mask is above the threshold. */
  readonly data: Uint8Array;
}

/** Pixels of an extent of the picture, and for each the two elements of the mask it lies between. */
interface Span {
  readonly start: number;
  readonly length: number;
  readonly lower: readonly number[];
  readonly share: readonly number[];
}

const single = Math.fround;

/**
 * Masks `[K, M, M]` or `[K, 1, M, M]` of probabilities with boxes `[K, 4]` (x1, y1, x2, y2 in pixels of the picture).
 * Each mask gets a border of one zero, its box grows alike and is cut to whole pixels, and the mask is interpolated to them
 * bilinearly, corners not aligned.
 * Throws InputError for shapes that do not fit, and for boxes and thresholds that are no numbers.
 */
export function pasteMasks(masks: Tensor, boxes: Tensor, picture: PictureSize, threshold = 0.5): PastedMask[] {
  const [count = 0] = masks.shape;
  const [height = 0, width = 0] = masks.shape.slice(-2);
  const inner = masks.shape.slice(1, -2);
  if (masks.shape.length < 3 || inner.length > 1 || inner.some((d) => d !== 1)) {
    throw new InputError(`${shapeText(masks.shape)} holds no masks: they are [boxes, height, width]`);
  }
  if (boxes.shape.length !== 2 || boxes.shape[0] !== count || boxes.shape[1] !== 4) {
    throw new InputError(`${shapeText(boxes.shape)} holds no boxes of ${count} masks: they are [${count}, 4]`);
  }
  if (!Number.isFinite(threshold)) throw new InputError(`the threshold of a mask is a number, not ${threshold}`);
  return range(count).map((i) => {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = boxes.data.subarray(4 * i, 4 * i + 4);
    if (![x1, y1, x2, y2].every(Number.isFinite))
      throw new InputError(`box ${i} is no box: ${[x1, y1, x2, y2].join(', ')}`);
    const [columns, rows] = [spanOf(x1, x2, width, picture.width), spanOf(y1, y2, height, picture.height)];
    const mask = masks.data.subarray(i * height * width, (i + 1) * height * width);
    const data = above(threshold, paddedReader(mask, height, width), rows, columns);
    return { x: columns.start, y: rows.start, width: columns.length, height: rows.length, data };
  });
}

/** float32 as torch has it, since the ends are cut to integers. Throughout with the mask's border. */
function spanOf(low: number, high: number, extent: number, limit: number): Span {
  const middle = single(single(high + low) * 0.5);
  const half = single(single(single(high - low) * 0.5) * ((extent + 2) / extent));
  const [first, last] = [Math.trunc(single(middle - half)), Math.trunc(single(middle + half))];
  const size = Math.max(last - first + 1, 1);
  const start = Math.min(Math.max(first, 0), limit);
  const length = Math.max(Math.min(last + 1, limit) - start, 0);
  const places = range(length).map((i) => Math.max(((start + i - first + 0.5) * (extent + 2)) / size - 0.5, 0));
  return { start, length, lower: places.map(Math.floor), share: places.map((place) => place % 1) };
}

type Read = (row: number, column: number) => number;

/** A mask with its border of zeros; the place behind the border, which counts nothing, is one, too. */
function paddedReader(mask: Tensor['data'], height: number, width: number): Read {
  return (row, column) => {
    const inside = row > 0 && column > 0 && row <= height && column <= width;
    return inside ? (mask[(row - 1) * width + column - 1] ?? 0) : 0;
  };
}

function above(threshold: number, read: Read, rows: Span, columns: Span): Uint8Array {
  const data = new Uint8Array(rows.length * columns.length);
  let to = 0;
  for (let j = 0; j < rows.length; j++) {
    const [top, down] = [at(rows.lower, j), at(rows.share, j)];
    for (let i = 0; i < columns.length; i++) {
      const [left, across] = [at(columns.lower, i), at(columns.share, i)];
      const upper = read(top, left) * (1 - across) + read(top, left + 1) * across;
      const lower = read(top + 1, left) * (1 - across) + read(top + 1, left + 1) * across;
      data[to++] = upper * (1 - down) + lower * down > threshold ? 1 : 0;
    }
  }
  return data;
}
