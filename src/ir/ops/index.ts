/** Elements chosen by their index or value: the attributes of each operator, inputs → outputs in the comment above it. */

/** Operators of this family. */
export interface IndexOps {
  /** x, indices → y, NumPy take; negative indices count from the end */
  readonly Gather: { readonly axis: number };
  /** x, indices `[…, Q]` → y */
  readonly GatherND: { readonly batchDims: number };
  /** x, k (int64 scalar or `[1]`) → values, indices (int64) */
  readonly TopK: { readonly axis: number; readonly largest: boolean };
}
