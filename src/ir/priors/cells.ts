/** Rows of numbers for every cell of a map: cells and points of detectors that have no priors of several sizes. */
import { InputError } from '../../core/errors.ts';
import { elementCount, tensorOf, zeros, type Tensor } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';

/** Throws InputError unless there are some numbers, and each is finite and above 0; `what` they are of. */
export function checkSizes(what: string, numbers: readonly number[]): void {
  if (numbers.length === 0 || !numbers.every((v) => v > 0 && Number.isFinite(v)))
    throw new InputError(`${what} need sizes and ratios above 0, not ${numbers.join(', ')}`);
}

/** Height and width. */
export type MapExtent = readonly [height: number, width: number];

/**
 * Rows, `count` for each cell: cells of a row after one another, rows from the top. Throws InputError for a map that is none,
 * ShapeError for one of too many rows.
 */
export function perCell(
  [height, width]: MapExtent,
  count: number,
  rowOf: (row: number, column: number, k: number) => readonly number[],
): Tensor {
  if (![height, width].every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw new InputError(`a map of ${height} by ${width} cells is none`);
  }
  const rows = elementCount([height, width, count, 4]) / 4;
  const length = rows === 0 ? 4 : rowOf(0, 0, 0).length;
  const boxes = zeros('float32', [rows, length]);
  for (let i = 0; i < rows; i++) {
    const cell = Math.floor(i / count);
    boxes.data.set(rowOf(Math.floor(cell / width), cell % width, i % count), i * length);
  }
  return boxes;
}

/**
 * Squares of a cell's size about its point, x, y, width, height: anchors of BoxDecode for what is measured in cells. `offset`
 * says where in the cell the point is: 0.5 of YOLO v8 and FCOS (Tian et al., arXiv:1904.01355), 0 of YOLOX and SCRFD.
 */
export function cellAnchors(map: MapExtent, stride: number, offset: number): Tensor {
  return perCell(map, 1, (row, column) => [(column + offset) * stride, (row + offset) * stride, stride, stride]);
}

/**
 * Anchors of YOLO v2 to v7 for BoxDecode's sigmoid codings: left and top of the cell, width and height of each size, and the
 * cell's own, in pixels.
 */
export function yoloAnchors(
  map: MapExtent,
  stride: number,
  sizes: readonly (readonly [width: number, height: number])[],
): Tensor {
  return perCell(map, sizes.length, (row, column, k) => [
    column * stride,
    row * stride,
    ...at(sizes, k),
    stride,
    stride,
  ]);
}

/** Rows of several maps, `[rows, 4]`, those of the first map first. */
export function joinedRows(parts: readonly Tensor[]): Tensor {
  const data = parts.flatMap((part) => Array.from(part.data));
  return tensorOf('float32', [data.length / 4, 4], data);
}
