/** Walks over tensors in which one dimension is special. */
import { collapse, stridedDims, type StridedDim } from '../../core/strided.ts';
import { at } from '../../util/arrays.ts';

/** The dimensions of a walk before and after the special one, as few as possible: there may be none. */
export interface BesideAxis {
  readonly before: readonly StridedDim[];
  readonly along: StridedDim;
  readonly after: readonly StridedDim[];
}

/** Splits the walk over a shape, with a list of strides per tensor, at `axis`. */
export function besideAxis(
  shape: readonly number[],
  axis: number,
  ...strides: readonly (readonly number[])[]
): BesideAxis {
  const dims = stridedDims(shape, ...strides);
  return { before: fewest(dims.slice(0, axis)), along: at(dims, axis), after: fewest(dims.slice(axis + 1)) };
}

function fewest(dims: readonly StridedDim[]): StridedDim[] {
  return collapse(dims).filter(({ extent }) => extent !== 1);
}
