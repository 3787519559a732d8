/** Matrix products: the attributes of each operator, inputs → outputs in the comment above it. */
import type { Activation, NoAttributes } from './attributes.ts';

/** Operators of this family. */
export interface ProductOps {
  /** a `[M, K]`, b `[K, N]` (before transposition), c? broadcast to `[M, N]` → y = activation(alpha·a·b + beta·c) */
  readonly Gemm: {
    readonly alpha: number;
    readonly beta: number;
    readonly transA: boolean;
    readonly transB: boolean;
    readonly activation: Activation;
  };
  /**
   * a `[…, M, K]`, b `[…, K, N]`, bias? `[N]`, weightScale? `[N]` → y, NumPy matmul; trans* swap the last two dimensions first;
   * with a weightScale b is int8, and y = activation((a·b)·weightScale + bias)
   */
  readonly MatMul: { readonly transA: boolean; readonly transB: boolean; readonly activation: Activation };
  /** x `[…, M, M]` → y `[…]` */
  readonly Det: NoAttributes;
  /** x `[…, M, M]` → y, of the same shape */
  readonly Inverse: NoAttributes;
}
