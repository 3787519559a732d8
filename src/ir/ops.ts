/**
 * The closed operator vocabulary of the graph: one attribute record per operator, every field present and canonical.
 *
 * Names and meanings follow ONNX unless noted. Spatial operators work on channels-last activations (`[N, …spatial, C]`)
 * with weights `[…kernel, inC / group, outC]`; importers wrap them in Transposes where a format is channels-first.
 * An absent optional input is the empty string.
 */
import type { DType } from '../core/dtype.ts';

/** Functions of one element that a producer can apply to its result. `alpha`/`beta` mean what the row says. */
export type ActivationKind =
  | 'none'
  | 'relu'
  | 'clip' // min(max(x, alpha), beta); ReLU6 is clip 0..6
  | 'leakyRelu' // x < 0 ? alpha·x : x
  | 'elu' // x < 0 ? alpha·(eˣ − 1) : x
  | 'selu' // beta·(x < 0 ? alpha·(eˣ − 1) : x)
  | 'celu' // max(0, x) + min(0, alpha·(e^(x/alpha) − 1))
  | 'sigmoid'
  | 'hardSigmoid' // clip(alpha·x + beta, 0, 1)
  | 'hardSwish' // x·clip(x/6 + 1/2, 0, 1)
  | 'swish' // x·sigmoid(x)
  | 'tanh'
  | 'softplus'
  | 'softsign'
  | 'mish' // x·tanh(softplus(x))
  | 'gelu' // exact, with erf
  | 'geluTanh'; // the tanh approximation

/** An activation with its parameters; unused parameters are 0. */
export interface Activation {
  readonly kind: ActivationKind;
  readonly alpha: number;
  readonly beta: number;
}

/** Elementwise functions that are not activations. */
export type UnaryKind =
  | 'abs'
  | 'neg'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'rsqrt'
  | 'reciprocal'
  | 'square'
  | 'sign'
  | 'floor'
  | 'ceil'
  | 'round' // round: half to even
  | 'sin'
  | 'cos'
  | 'erf'
  | 'not'
  | 'isNaN';

/** Elementwise functions of two operands with NumPy broadcasting. Comparisons and logic give bool. */
export type BinaryKind =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div' // div on integers truncates toward zero
  | 'floorDiv'
  | 'floorMod'
  | 'truncMod'
  | 'pow'
  | 'min'
  | 'max'
  | 'squaredDifference'
  | 'equal'
  | 'notEqual'
  | 'less'
  | 'lessOrEqual'
  | 'greater'
  | 'greaterOrEqual'
  | 'and'
  | 'or'
  | 'xor';

/** Reductions over axes. */
export type ReduceKind = 'sum' | 'mean' | 'max' | 'min' | 'prod' | 'l1' | 'l2' | 'sumSquare' | 'logSumExp';

/** How spatial padding is given: `explicit` uses `pads`; the others are resolved from the shapes by the passes. */
export type PadMode = 'explicit' | 'sameUpper' | 'sameLower';

/** A sliding window. Every list has one entry per spatial dimension; `pads` is all begins, then all ends. */
export interface Window {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly padMode: PadMode;
}

/** A sliding window whose extent is an attribute (pools; a convolution's is in its weights). */
export interface PoolWindow extends Window {
  readonly kernel: readonly number[];
  /** Round the output extent up instead of down. */
  readonly ceilMode: boolean;
}

/** How Resize maps an output coordinate to an input one (names of ONNX Resize-19). */
export type CoordinateMode =
  'half_pixel' | 'half_pixel_symmetric' | 'pytorch_half_pixel' | 'align_corners' | 'asymmetric';

/** How nearest-neighbour Resize rounds a coordinate. */
export type NearestMode = 'round_prefer_floor' | 'round_prefer_ceil' | 'floor' | 'ceil';

/** Attributes of each operator. The comment above a row lists its inputs → outputs. */
export interface OpAttributes {
  /**
   * x `[N, …S, C]`, w `[…K, C/group, M]`, bias? `[M]`, residual? (output's shape), scale? `[N, 1…, C]` →
   * y = activation((x·scale)∗w + bias + residual); a scale (squeeze-and-excite) needs a 1×1 window, stride 1, one group
   */
  readonly Conv: Window & { readonly group: number; readonly activation: Activation };
  /** x → y */
  readonly MaxPool: PoolWindow;
  /** x → y; `countIncludePad` divides by the whole window, pads included */
  readonly AveragePool: PoolWindow & { readonly countIncludePad: boolean };
  /** x `[N, …S, C]` → y `[N, 1…, C]` */
  readonly GlobalAveragePool: NoAttributes;
  /** x `[N, …S, C]` → y `[N, 1…, C]` */
  readonly GlobalMaxPool: NoAttributes;
  /** a `[M, K]`, b `[K, N]` (before transposition), c? broadcast to `[M, N]` → y = activation(alpha·a·b + beta·c) */
  readonly Gemm: {
    readonly alpha: number;
    readonly beta: number;
    readonly transA: boolean;
    readonly transB: boolean;
    readonly activation: Activation;
  };
  /** a `[…, M, K]`, b `[…, K, N]`, bias? `[N]` → y, NumPy matmul; trans* swap the last two dimensions first */
  readonly MatMul: { readonly transA: boolean; readonly transB: boolean; readonly activation: Activation };
  /** x, scale, bias, mean, variance (each `[C]` along `axis`) → y */
  readonly BatchNormalization: { readonly axis: number; readonly epsilon: number; readonly activation: Activation };
  /** x (channels last) → y; across channels: y = x / (bias + alpha/size·Σx²)^beta */
  readonly LRN: { readonly size: number; readonly alpha: number; readonly beta: number; readonly bias: number };
  /** x → y; normalised over all `axes` together; `log` gives log-softmax */
  readonly Softmax: { readonly axes: readonly number[]; readonly log: boolean };
  /** x → y */
  readonly Activation: { readonly activation: Activation };
  /** x, slope (broadcast to x) → y = x < 0 ? slope·x : x */
  readonly PRelu: NoAttributes;
  /** x → y */
  readonly Unary: { readonly kind: UnaryKind };
  /** a, b → y = activation(a ∘ b), broadcast */
  readonly Binary: { readonly kind: BinaryKind; readonly activation: Activation };
  /** condition (bool), a, b → y, broadcast */
  readonly Where: NoAttributes;
  /** x → y; float to integer truncates toward zero, anything to bool is `!= 0` */
  readonly Cast: { readonly to: DType };
  /** x, shape (int64 `[R]`) → y; −1 infers, 0 copies the input's extent unless `allowZero` */
  readonly Reshape: { readonly allowZero: boolean };
  /** x → y of rank 2, split before `axis` */
  readonly Flatten: { readonly axis: number };
  /** x → y; empty `axes` removes every extent of 1 */
  readonly Squeeze: { readonly axes: readonly number[] };
  /** x → y; `axes` index the output */
  readonly Unsqueeze: { readonly axes: readonly number[] };
  /** x → y; also what Dropout becomes */
  readonly Identity: NoAttributes;
  /** x → y; output dimension i is input dimension perm[i]; empty `perm` reverses */
  readonly Transpose: { readonly perm: readonly number[] };
  /** x0, x1, … → y */
  readonly Concat: { readonly axis: number };
  /** x → y0, y1, …; empty `sizes` means equal parts */
  readonly Split: { readonly axis: number; readonly sizes: readonly number[] };
  /** x, starts, ends, axes?, steps? (int64) → y, as ONNX Slice-13 */
  readonly Slice: NoAttributes;
  /** x, pads (int64 `[2R]`, begins then ends; may be negative), value? (scalar) → y */
  readonly Pad: { readonly mode: 'constant' | 'reflect' | 'edge' };
  /** x, indices → y, NumPy take; negative indices count from the end */
  readonly Gather: { readonly axis: number };
  /** x, indices `[…, Q]` → y */
  readonly GatherND: { readonly batchDims: number };
  /** x, shape (int64) → y, NumPy broadcast of both shapes */
  readonly Expand: NoAttributes;
  /** x, repeats (int64 `[R]`) → y */
  readonly Tile: NoAttributes;
  /** x → int64 `[R]` */
  readonly Shape: NoAttributes;
  /** shape (int64) → y filled with `value` */
  readonly ConstantOfShape: { readonly dtype: DType; readonly value: number };
  /** start, limit, delta (scalars) → 1-D y */
  readonly Range: NoAttributes;
  /** x `[N, …S, C]`, scales? (float32, one per spatial dimension), sizes? (int64, likewise) → y; exactly one is given */
  readonly Resize: {
    readonly mode: 'nearest' | 'linear';
    readonly coordinateMode: CoordinateMode;
    readonly nearestMode: NearestMode;
  };
  /** x → y; empty `axes` reduces all */
  readonly Reduce: { readonly kind: ReduceKind; readonly axes: readonly number[]; readonly keepDims: boolean };
  /** x → index of the extreme along `axis` (first one on ties), of type `dtype` */
  readonly ArgReduce: {
    readonly kind: 'max' | 'min';
    readonly axis: number;
    readonly keepDims: boolean;
    readonly dtype: 'int32' | 'int64';
  };
  /** x, k (int64 scalar or `[1]`) → values, indices (int64) */
  readonly TopK: { readonly axis: number; readonly largest: boolean };
  /** x `[…, C]` → y; channel g·(C/groups)+i moves to i·groups+g (ShuffleNet, arXiv:1707.01083) */
  readonly ChannelShuffle: { readonly groups: number };
}

/** An operator without attributes. */
export type NoAttributes = Readonly<Record<never, never>>;

/** Name of an operator. */
export type OpKind = keyof OpAttributes;

/** One use of operator K. Value names; `''` marks an absent optional input. */
export interface NodeOf<K extends OpKind> {
  readonly op: K;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: OpAttributes[K];
}

/** One use of any operator: a union discriminated by `op`. */
export type Node = { [K in OpKind]: NodeOf<K> }[OpKind];

/** The activation that does nothing. */
export const NO_ACTIVATION: Activation = { kind: 'none', alpha: 0, beta: 0 };
export const RELU: Activation = { kind: 'relu', alpha: 0, beta: 0 };
export const RELU6: Activation = { kind: 'clip', alpha: 0, beta: 6 };
