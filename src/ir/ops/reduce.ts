/** Reductions over axes: the attributes of each operator, inputs → outputs in the comment above it. */

/** Reductions over axes. */
export type ReduceKind = 'sum' | 'mean' | 'max' | 'min' | 'prod' | 'l1' | 'l2' | 'sumSquare' | 'logSumExp';

/** Operators of this family. */
export interface ReduceOps {
  /** x, axes? → y; empty `axes` reduces all; input 1 is what the file computes instead, see `OpDefinition.listed` */
  readonly Reduce: { readonly kind: ReduceKind; readonly axes: readonly number[]; readonly keepDims: boolean };
  /** x → index of the extreme along `axis` (the first on ties, or the `last`), of type `dtype` */
  readonly ArgReduce: {
    readonly kind: 'max' | 'min';
    readonly axis: number;
    readonly keepDims: boolean;
    readonly last: boolean;
    readonly dtype: 'int32' | 'int64';
  };
}
