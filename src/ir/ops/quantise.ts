/**
 * Integer arithmetic with scales: the attributes of each operator, inputs → outputs in the comment above it.
 *
 * A quantised operand is three inputs, as ONNX has it: integers x (int8 or uint8), their scale (float32) and their zero point
 * (of their type); it means `(x − zero point)·scale`. A scale and a zero point are scalars, or one for each channel of
 * weights; a result's come last. Which integer is the nearest is what `rounding` says.
 */
import type { NoAttributes, PoolWindow, TransposedWindow, Window } from './attributes.ts';
import type { CoordinateMode } from './sample.ts';

/**
 * How a product of integers becomes an integer of the result's scale:
 * - `tfl-double`: TensorFlow Lite's reference kernels, a 32-bit fixed-point multiplier and two roundings;
 * - `tfl-single`: the same multiplier and one rounding, which a few of LiteRT's own products have;
 * - `xnnpack`: what LiteRT ships, float32 with ties to even in products, other rules elsewhere;
 * - `float-even`: ONNX, float32 with ties to even, then the zero point;
 * - `float-away`: ncnn, float32 with ties away from zero, −127…127.
 */
export type Rounding = 'tfl-double' | 'tfl-single' | 'xnnpack' | 'float-even' | 'float-away';

/** What requantising has to know beside scales and zero points. */
export interface Requantised {
  readonly rounding: Rounding;
  /** The least and the greatest integer of the result: its type's, or what a fused activation leaves. */
  readonly range: readonly [number, number];
}

/** Functions of two quantised operands. */
export type QuantisedBinaryKind = 'add' | 'sub' | 'mul' | 'squaredDifference';

/** Operators of this family. */
export interface QuantiseOps {
  /**
   * x (float32), scale, zero point? → y of type `to` = x/scale + zero point, rounded and saturated. A scale is a scalar, has
   * an element for each position of `axis`, or for each `blockSize` positions and all of the other axes.
   */
  readonly QuantizeLinear: {
    readonly axis: number;
    readonly blockSize: number;
    readonly to: 'int8' | 'uint8' | 'int16' | 'uint16';
    readonly rounding: Rounding;
  };
  /** x, scale, zero point? → y (float32) = (x − zero point)·scale; scales as in QuantizeLinear */
  readonly DequantizeLinear: { readonly axis: number; readonly blockSize: number };
  /**
   * x (float32) → y (uint8), scale (float32), zero point (uint8), both scalars: the scale spreads 0 to 255 over the elements
   * and 0. Without a range the scale is 1.
   */
  readonly DynamicQuantizeLinear: NoAttributes;
  /**
   * x (int8 or uint8), w `[…K, C/group, M]`, zx?, zw? → y = Σ (x − zx)·(w − zw), int32 that wraps; zw may have M elements. What
   * pads x stands for 0.
   */
  readonly ConvInteger: Window & { readonly group: number };
  /**
   * a (int8 or uint8), b, za?, zb? → Σ (a − za)·(b − zb), int32 that wraps, as MatMul. Zero points are broadcast to a and b, and
   * have one element along the dimension that is summed.
   */
  readonly MatMulInteger: NoAttributes;
  /** x (int8 or uint8), table `[256]` → y = table[x], or table[x + 128] of int8: any function of one byte */
  readonly LookupTable: NoAttributes;
  /** x, sx, zx, w `[…K, C/group, M]`, sw, zw, sy, zy, bias? (int32 `[M]`, of scale sx·sw) → y; sw and zw may have M elements */
  readonly QLinearConv: Window & Requantised & { readonly group: number };
  /** x, sx, zx, w `[…K, C/group, M]`, sw, zw, sy, zy, bias? (int32 `[M]`) → y, as ConvTranspose */
  readonly QLinearConvTranspose: TransposedWindow & Requantised & { readonly group: number };
  /** a, sa, za, b, sb, zb, sy, zy, bias? (int32 `[N]`) → y, as MatMul; sb and zb may have N elements */
  readonly QLinearMatMul: Requantised & { readonly transA: boolean; readonly transB: boolean };
  /** a, sa, za, b, sb, zb, sy, zy → y, broadcast */
  readonly QLinearBinary: Requantised & { readonly kind: QuantisedBinaryKind };
  /** x, sx, zx, slope, ss, zs (broadcast to x), sy, zy → y */
  readonly QLinearPRelu: Requantised;
  /** x, sx, zx, sy, zy → y; empty `axes` reduces all */
  readonly QLinearReduce: Requantised & {
    readonly kind: 'mean' | 'sum';
    readonly axes: readonly number[];
    readonly keepDims: boolean;
  };
  /** x, sx, zx, sy, zy → y; all rules but `float-even` need equal scales */
  readonly QLinearAveragePool: PoolWindow & Requantised & { readonly countIncludePad: boolean };
  /** x, sx, zx, sy, zy → y = softmax(beta·x) along `axis`, or its logarithm */
  readonly QLinearSoftmax: Requantised & { readonly axis: number; readonly beta: number; readonly log: boolean };
  /** x, sx, zx, sy, zy → y = x divided by its norm along `axis`; y's scale is 1/128 */
  readonly QLinearL2Normalization: Requantised & { readonly axis: number };
  /** x `[N, H, W, C]` → y `[N, …sizes, C]` of the same scale, bilinear */
  readonly QLinearResize: {
    readonly sizes: readonly [number, number];
    readonly coordinateMode: CoordinateMode;
    readonly rounding: Rounding;
  };
}
