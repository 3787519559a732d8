/** Elements chosen by their index or value: the attributes of each operator, inputs → outputs in the comment above it. */
import type { NoAttributes } from './attributes.ts';

/** What becomes of an element and an update that goes there: replaced, or both joined. */
export type ScatterReduction = 'none' | 'add' | 'mul' | 'max' | 'min';

/** Operators of this family. */
export interface IndexOps {
  /**
   * x, indices, count? → y, NumPy take; negative indices count from the end, those outside take the nearest element. Where the
   * extent along the axis depends on data, `count` is it; of none zeros are taken.
   */
  readonly Gather: { readonly axis: number };
  /** x, indices `[…, Q]`, counts `[Q]`? → y; negative indices, those outside, and the extents that there are as Gather */
  readonly GatherND: { readonly batchDims: number };
  /**
   * x, indices, count? → y of the shape of the indices, which along other axes are no longer than x: y[…, j, …] is
   * x[…, indices[…, j, …], …]; negative indices, those outside, and the extent that there is as Gather
   */
  readonly GatherElements: { readonly axis: number };
  /**
   * x, indices, updates of the same shape, count? → y as x, but for what goes to y[…, indices[…, j, …], …], one update after the
   * other in row-major order. Negative indices count from the end; what goes outside is left out. Where how many updates there are
   * along the axis depends on data, `count` is it.
   */
  readonly ScatterElements: { readonly axis: number; readonly reduction: ScatterReduction };
  /**
   * x, indices `[…, Q]`, updates `[…, ...x.shape.slice(Q)]`, count? → y as x, but for the slices that go where a row of indices
   * says, one after the other. Negative indices, those outside, and the count of the first dimension as ScatterElements
   */
  readonly ScatterND: { readonly reduction: ScatterReduction };
  /**
   * x of rank R → int64 `[R, n]`, the coordinates of the elements that are not zero, in row-major order, and n as an int32
   * scalar; n is bounded by the number of elements
   */
  readonly NonZero: NoAttributes;
  /**
   * x, condition (bool `[L]`, L up to the extent of `axis`), count? → y with n positions of that dimension, those where the condition
   * holds, and n as an int32 scalar; n is bounded by L. `count` is n, as another node has found it.
   */
  readonly Compress: { readonly axis: number };
  /**
   * x → y, the positions of the dimension that differ, how many they are as an int32 scalar n, where each is first, for every position which
   * it is, and how often each occurs (int64, 1-D); n is bounded by the extent. In ascending order, by the first elements that differ, or in
   * that of x. Both zeros are equal, and so are all NaN, which come last.
   */
  readonly Unique: { readonly axis: number; readonly sorted: boolean };
  /** x, k (int64 scalar or `[1]`) → values, indices (int64) */
  readonly TopK: { readonly axis: number; readonly largest: boolean };
}
