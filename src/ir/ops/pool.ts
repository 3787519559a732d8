/** Pools: the attributes of each operator, inputs → outputs in the comment above it. */
import type { NoAttributes, PoolWindow } from './attributes.ts';

/** Operators of this family. */
export interface PoolOps {
  /** x → y */
  readonly MaxPool: PoolWindow;
  /** x → y; `countIncludePad` divides by the whole window, pads included */
  readonly AveragePool: PoolWindow & { readonly countIncludePad: boolean };
  /** x `[N, …S, C]` → y `[N, 1…, C]` */
  readonly GlobalAveragePool: NoAttributes;
  /** x `[N, …S, C]` → y `[N, 1…, C]` */
  readonly GlobalMaxPool: NoAttributes;
}
