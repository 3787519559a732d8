/** Reductions over axes: the attributes of each operator, inputs → outputs in the comment above it. */

/** Reductions over axes. */
export type ReduceKind = 'sum' | 'mean' | 'max' | 'min' | 'prod' | 'l1' | 'l2' | 'sumSquare' | 'logSumExp';

/** Operators of this family. */
export interface ReduceOps {
  /** x, axes? → y; empty `axes` reduces all; input 1 is what the file computes instead, see `OpDefinition.listed` */
  readonly Reduce: { readonly kind: ReduceKind; readonly axes: readonly number[]; readonly keepDims: boolean };
  /**
   * x, axis? → y, the sums of all up to each element along the axis, or with `reverse` of all from it on; `exclusive` leaves the
   * element itself out. Input 1 is the axis that the file computes instead, see `OpDefinition.listed`.
   */
  readonly CumSum: { readonly axis: number; readonly exclusive: boolean; readonly reverse: boolean };
  /** x → index of the extreme along `axis` (the first on ties, or the `last`), of type `dtype` */
  readonly ArgReduce: {
    readonly kind: 'max' | 'min';
    readonly axis: number;
    readonly keepDims: boolean;
    readonly last: boolean;
    readonly dtype: 'int32' | 'int64';
  };
}
