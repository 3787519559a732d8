/** Movements of elements: the attributes of each operator, inputs → outputs in the comment above it. */
import type { NoAttributes } from './attributes.ts';

/** Operators of this family. */
export interface MoveOps {
  /** x → y; output dimension i is input dimension perm[i]; empty `perm` reverses */
  readonly Transpose: { readonly perm: readonly number[] };
  /** x0, x1, … → y */
  readonly Concat: { readonly axis: number };
  /** x, sizes? → y0, y1, …; empty `sizes` means equal parts; input 1: see `OpDefinition.listed` */
  readonly Split: { readonly axis: number; readonly sizes: readonly number[] };
  /**
   * x, starts, ends, axes?, steps? (int64), count? → y, as ONNX Slice-13. Of the one axis that is sliced then, `count` is how many
   * there are, an extent that depends on data, and starts and ends say how many there may be.
   */
  readonly Slice: NoAttributes;
  /** x, pads (int64 `[2R]`, begins then ends; may be negative), value? (scalar) → y */
  readonly Pad: { readonly mode: 'constant' | 'reflect' | 'edge' | 'wrap' };
  /** x, shape (int64) → y, NumPy broadcast of both shapes */
  readonly Expand: NoAttributes;
  /** x, repeats (int64 `[R]`) → y */
  readonly Tile: NoAttributes;
  /**
   * x `[…, H, W]`, k (one integer) → y: what lies on the k-th diagonal and above, or below where not `upper`, is kept; all else is
   * zero. Diagonals above the main one are positive.
   */
  readonly Trilu: { readonly upper: boolean };
  /**
   * x, lengths `[B]` (integers) → y: of each of the B sequences along `timeAxis` the first so many steps turned round. A length
   * beyond the end is that of the whole, a negative one is 0.
   */
  readonly ReverseSequence: { readonly batchAxis: number; readonly timeAxis: number };
  /** x `[…, C]` → y; channel g·(C/groups)+i moves to i·groups+g (ShuffleNet, arXiv:1707.01083) */
  readonly ChannelShuffle: { readonly groups: number };
}
