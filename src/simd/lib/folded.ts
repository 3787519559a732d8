/** Dimensions that are folded into one element, and those that are kept, in as few as there can be. */
import type { Shape } from '../../core/tensor.ts';
import { collapse, stridedDims, type StridedDim } from '../../core/strided.ts';
import { stridesOf } from '../../util/arrays.ts';

/** Two dimensions of a dense tensor: an outer and an inner one, and the elements from one to the next along each. */
export interface TwoDims {
  readonly extents: readonly [number, number];
  readonly strides: readonly [number, number];
}

/**
 * Both sorts of dimensions of a tensor. The stride of one of the inner ones is 1. Nothing where either are more than two.
 */
export function foldedWalk(
  shape: Shape,
  axes: readonly number[],
): { readonly folded: TwoDims; readonly kept: TwoDims } | undefined {
  const dims = stridedDims(shape, stridesOf(shape));
  const folded = twoDims(dims.filter((_, axis) => axes.includes(axis)));
  const kept = twoDims(dims.filter((_, axis) => !axes.includes(axis)));
  return folded && kept && { folded, kept };
}

function twoDims(dims: readonly StridedDim[]): TwoDims | undefined {
  const [inner, outer, ...more] = collapse(dims).reverse();
  if (more.length > 0) return undefined;
  const [a, b] = [inner?.extent ?? 1, outer?.extent ?? 1];
  return { extents: [b, a], strides: [outer?.strides[0] ?? 0, inner?.strides[0] ?? 0] };
}
