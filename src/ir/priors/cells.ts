/** Rows of numbers for every cell of a map: cells and points of detectors that have no priors of several sizes. */
import { InputError } from '../../core/errors.ts';
import { tensorOf, type Tensor } from '../../core/tensor.ts';
import { at, range } from '../../util/arrays.ts';

/** Height and width. */
export type MapExtent = readonly [height: number, width: number];

/**
 * Rows, `count` for each cell: cells of a row after one another, rows from the top. Throws InputError for a map that is none.
 */
export function perCell(
  [height, width]: MapExtent,
  count: number,
  rowOf: (row: number, column: number, k: number) => readonly number[],
): Tensor {
  if (![height, width].every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw new InputError(`a map of ${height} by ${width} cells is none`);
  }
  const rows = range(height).flatMap((y) => range(width).flatMap((x) => range(count).map((k) => rowOf(y, x, k))));
  const length = rows[0]?.length ?? 4;
  return tensorOf('float32', [rows.length, length], rows.flat());
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
