/** Pools: the attributes of each operator, inputs → outputs in the comment above it. */
import type { NoAttributes, PoolWindow } from './attributes.ts';

/** Operators of this family. */
export interface PoolOps {
  /** x → y */
  readonly MaxPool: PoolWindow;
  /** x → y; `countIncludePad` divides by the whole window, pads included */
  readonly AveragePool: PoolWindow & { readonly countIncludePad: boolean };
  /** x → y = (Σ|x|^p)^(1/p) over each window */
  readonly LpPool: PoolWindow & { readonly p: number };
  /**
   * x → int64 index of each window's maximum, the first of several, in the channels-first tensor `[N, C, …S]` flattened:
   * its spatial extents row by row, or column by column (the first dimension's positions are neighbours)
   */
  readonly ArgMaxPool: PoolWindow & { readonly storageOrder: 'row' | 'column' };
  /**
   * x `[N, …S, C]`, int64 indices as ArgMaxPool gives them for that shape, extents? (int64, one for each spatial dimension)
   * → y `[N, …S', C]`: zeros, but x at its indices
   */
  readonly MaxUnpool: {
    /** Of the pool that is undone: without extents they say what its input was. */
    readonly kernel: readonly number[];
    readonly strides: readonly number[];
    /** All begins, then all ends. */
    readonly pads: readonly number[];
    /** What indices count in: y, or, where its extents are given, what kernel, strides and pads say alone, y's corner. */
    readonly countIn: 'output' | 'window';
  };
  /** x `[N, …S, C]` → y `[N, 1…, C]` */
  readonly GlobalAveragePool: NoAttributes;
  /** x `[N, …S, C]` → y `[N, 1…, C]` */
  readonly GlobalMaxPool: NoAttributes;
}
