/** Shapes: other extents for the same elements, and tensors made of extents: the attributes of each operator, inputs → outputs in the comment above it. */
import type { DType } from '../../core/dtype.ts';
import type { NoAttributes } from './attributes.ts';

/** Operators of this family. */
export interface ShapeOps {
  /** x, shape (int64 `[R]`) → y; −1 infers, 0 copies the input's extent unless `allowZero` */
  readonly Reshape: { readonly allowZero: boolean };
  /** x → y of rank 2, split before `axis` */
  readonly Flatten: { readonly axis: number };
  /** x, axes? → y; empty `axes` removes every extent of 1; input 1: see `OpDefinition.listed` */
  readonly Squeeze: { readonly axes: readonly number[] };
  /** x, axes? → y; `axes` index the output; input 1: see `OpDefinition.listed` */
  readonly Unsqueeze: { readonly axes: readonly number[] };
  /** x → y; also what Dropout becomes */
  readonly Identity: NoAttributes;
  /** x, count? → int64 `[R]`; `axis` of the extent that depends on data, and its count: see `OpDefinition.counted` */
  readonly Shape: { readonly axis?: number };
  /** shape (int64) → y filled with `value` */
  readonly ConstantOfShape: { readonly dtype: DType; readonly value: number };
  /** start, limit, delta (scalars) → 1-D y */
  readonly Range: NoAttributes;
  /**
   * Extents (int64 `[2]`: n positions, and 1 real or 2 parts, real and imaginary, of each), length? (integer `[1]`) → float32
   * `[n·parts, k·2]`: a row of n numbers times it is their discrete Fourier transform of that length (by default n), parts side
   * by side; k are `length` frequencies, or length / 2 + 1 where it is one-sided, of real numbers. The inverse one-sided has
   * `[n·2, length]`: from the first frequencies, complex, to real numbers, by default 2·(n − 1) of them.
   */
  readonly DftMatrix: { readonly inverse: boolean; readonly oneSided: boolean };
  /**
   * Mel bins, length of the transform, sample rate (integers), lower and upper edge (Hz, floats), each a scalar or `[1]` → y
   * `[length / 2 + 1, bins]`: triangles over the frequencies
   */
  readonly MelWeightMatrix: { readonly dtype: DType };
}
