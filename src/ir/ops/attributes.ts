/** Attributes that operators of several families have. */

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

/** The activation that does nothing. */
export const NO_ACTIVATION: Activation = { kind: 'none', alpha: 0, beta: 0 };
/** max(x, 0) */
export const RELU: Activation = { kind: 'relu', alpha: 0, beta: 0 };
/** min(max(x, 0), 6) */
export const RELU6: Activation = { kind: 'clip', alpha: 0, beta: 6 };

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

/**
 * The window of a transposed convolution, which spreads each input element over the output: along each spatial dimension
 * the whole reaches over `stride·(input − 1) + (kernel − 1)·dilation + 1`, and is cut at both ends.
 */
export interface TransposedWindow {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** What is cut where `autoPad` is `explicit` and no `outputShape` is given: all begins, then all ends. */
  readonly pads: readonly number[];
  /** What is cut otherwise is what the output's extent leaves: `sameUpper` cuts the odd element from the end. */
  readonly autoPad: PadMode;
  /** Elements added to the end of each dimension, which one output is short of being made of one more input. */
  readonly outputPads: readonly number[];
  /** Spatial extents of the output; none where they follow: input·stride for `same…`, else what the pads leave. */
  readonly outputShape: readonly number[];
}

/** An operator without attributes. */
export type NoAttributes = Readonly<Record<never, never>>;
