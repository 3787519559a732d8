/** Normalisations: the attributes of each operator, inputs → outputs in the comment above it. */
import type { Activation } from './attributes.ts';

/** Operators of this family. */
export interface NormaliseOps {
  /** x, scale, bias, mean, variance (each `[C]` along `axis`) → y */
  readonly BatchNormalization: { readonly axis: number; readonly epsilon: number; readonly activation: Activation };
  /**
   * x, scale? (`[C]`, C the last dimension) → y; along the last dimension: y = x / (max(norm, least) + added) · scale, of
   * the L1 or the L2 norm
   */
  readonly LpNormalization: { readonly p: 1 | 2; readonly least: number; readonly added: number };
  /** x (channels last) → y; across channels: y = x / (bias + alpha/size·Σx²)^beta */
  readonly LRN: { readonly size: number; readonly alpha: number; readonly beta: number; readonly bias: number };
  /** x → y; normalised over all `axes` together; `log` gives log-softmax */
  readonly Softmax: { readonly axes: readonly number[]; readonly log: boolean };
}
