/** Slices of a tensor along one axis, as where each starts, how many elements it has and how far apart they are. */
import { normalizeAxis } from '../../core/broadcast.ts';
import type { Shape } from '../../core/tensor.ts';
import { at, product, range } from '../../util/arrays.ts';

/** The elements of one slice, as indices. */
export function slicesAlong(shape: Shape, axis: number): readonly (readonly number[])[] {
  const chosen = normalizeAxis(axis, shape.length);
  const [extent, inner] = [at(shape, chosen), product(shape.slice(chosen + 1))];
  return range(product(shape.slice(0, chosen)) * inner).map((slice) => {
    const start = Math.floor(slice / inner) * extent * inner + (slice % inner);
    return range(extent).map((i) => start + i * inner);
  });
}
