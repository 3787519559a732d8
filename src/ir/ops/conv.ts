/** Convolutions: the attributes of each operator, inputs → outputs in the comment above it. */
import type { Activation, TransposedWindow, Window } from './attributes.ts';

/** Operators of this family. */
export interface ConvOps {
  /**
   * x `[N, …S, C]`, w `[…K, C/group, M]`, bias? `[M]`, residual? (output's shape), scale? `[N, 1…, C]`, weightScale? `[M]`
   * → y = activation(((x·scale)∗w)·weightScale + bias + residual); a scale (squeeze-and-excite) needs a 1×1 window, stride 1, one
   * group; with a weightScale w is int8
   */
  readonly Conv: Window & { readonly group: number; readonly activation: Activation };
  /** x `[N, …S, C]`, w `[…K, C/group, M]`, bias? `[M]` → y = activation(the gradient of a convolution + bias) */
  readonly ConvTranspose: TransposedWindow & { readonly group: number; readonly activation: Activation };
  /**
   * x `[N, H, W, C]`, w `[kH, kW, C/group, M]`, offset `[N, oH, oW, offsetGroup·kH·kW·2]`, bias? `[M]`, mask?
   * `[N, oH, oW, offsetGroup·kH·kW]` → y = activation(a convolution whose taps are moved by (y, x) offsets, each sample times its
   * mask, + bias); the channels of x lie in `offsetGroup` blocks, each with offsets and masks of its own
   */
  readonly DeformConv: Omit<Window, 'padMode'> & {
    readonly group: number;
    readonly offsetGroup: number;
    readonly activation: Activation;
  };
}
