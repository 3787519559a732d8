/** Recurrent networks over a sequence: the attributes of each operator, inputs → outputs in the comment above it. */

/** Functions of one element that a recurrent cell can have. `alpha`/`beta` mean what the row says. */
export type RecurrentKind =
  | 'relu'
  | 'tanh'
  | 'sigmoid'
  | 'affine' // alpha·x + beta
  | 'leakyRelu' // x < 0 ? alpha·x : x
  | 'thresholdedRelu' // x > alpha ? x : 0
  | 'scaledTanh' // alpha·tanh(beta·x)
  | 'hardSigmoid' // clip(alpha·x + beta, 0, 1)
  | 'elu' // x < 0 ? alpha·(eˣ − 1) : x
  | 'softsign'
  | 'softplus';

/** One of them with its parameters; unused parameters are 0. */
export interface RecurrentFunction {
  readonly kind: RecurrentKind;
  readonly alpha: number;
  readonly beta: number;
}

/**
 * What recurrent operators have in common. Sequences are `[T, N, I]`: steps, batch, elements. D is the number of directions, H that
 * of units, and a state `[D, N, H]`; a direction that runs backwards begins at the end of each sequence.
 */
export interface Recurrent {
  readonly direction: 'forward' | 'reverse' | 'bidirectional';
  /** The cell's functions in ONNX's order, those of the first direction first. */
  readonly functions: readonly RecurrentFunction[];
  /** Sums of gates are clipped to [−clip, clip] before their function; Infinity where they are not. A state is not clipped. */
  readonly clip: number;
}

/** Operators of this family. */
export interface RecurrentOps {
  /**
   * x, w `[D, 4·H, I]`, r `[D, 4·H, H]`, b `[D, 8·H]`?, lengths (int32 `[N]`)?, h? and c? (states), p `[D, 3·H]`? → y
   * `[T, D, N, H]`, h, c. Rows of w, r and b are those of the gates input, output, forget, cell; peepholes p those of the first
   * three. Functions f of gates, g of the cell's input, h of its state. Behind the end of a sequence y is 0.
   */
  readonly LSTM: Recurrent & {
    /** The forget gate is what the input gate leaves. */
    readonly inputForget: boolean;
  };
  /**
   * x, w `[D, 3·H, I]`, r `[D, 3·H, H]`, b `[D, 6·H]`?, lengths?, h? → y, h, as LSTM. Rows are those of the gates update, reset,
   * hidden. Functions f of gates, g of what is hidden.
   */
  readonly GRU: Recurrent & {
    /** The reset gate is a factor of the product of r and h with its bias, not of h. */
    readonly linearBeforeReset: boolean;
  };
  /** x, w `[D, H, I]`, r `[D, H, H]`, b `[D, 2·H]`?, lengths?, h? → y, h, as LSTM; one function f */
  readonly RNN: Recurrent;
}
