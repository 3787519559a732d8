/** The cells of a network's maps, one map after another, and the extents that tell which maps these are. */
import { tensorOf, type Tensor } from '../core/tensor.ts';
import { cellAnchors, type MapExtent } from '../ir/priors/cells.ts';
import type { HeadInput } from './head.ts';

/** Width and height of the input. */
export type InputExtents = Pick<HeadInput, 'width' | 'height'>;

/** Strides of networks with three maps, and of those with one more for large things. */
const PYRAMIDS: readonly (readonly number[])[] = [
  [8, 16, 32],
  [8, 16, 32, 64],
];

/** The map whose cells are this many pixels apart; the last cells reach beyond an input that the stride does not divide. */
export function mapOf(stride: number, { width, height }: InputExtents): MapExtent {
  return [Math.ceil(height / stride), Math.ceil(width / stride)];
}

function cellsOf(stride: number, input: InputExtents): number {
  const [rows, columns] = mapOf(stride, input);
  return rows * columns;
}

/** The strides whose maps have as many cells together; undefined where none have. */
export function pyramidOf(cells: number, input: InputExtents): readonly number[] | undefined {
  return PYRAMIDS.find((strides) => strides.reduce((sum, stride) => sum + cellsOf(stride, input), 0) === cells);
}

/** A square of each cell's size about its point, all maps' after another: see `cellAnchors`. */
export function pyramidAnchors(strides: readonly number[], input: InputExtents, offset: number): Tensor {
  const rows = strides.flatMap((stride) => Array.from(cellAnchors(mapOf(stride, input), stride, offset).data));
  return tensorOf('float32', [rows.length / 4, 4], rows);
}
