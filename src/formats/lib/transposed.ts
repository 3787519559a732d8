/** Transposed convolutions as TensorFlow has them, in graph models and in layers. */
import type { TransposedWindow } from '../../ir/ops.ts';
import { range } from '../../util/arrays.ts';
import type { Emitter } from './emitter.ts';

/** How a transposed convolution's output is found; lists have an entry a spatial dimension. */
export interface TransposedSpec {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: 'same' | 'valid';
  /** Elements that Keras adds to the end, where it is told how many. */
  readonly outputPadding?: readonly number[] | undefined;
  /** Extents of the output, where they are known. */
  readonly outputShape?: readonly number[] | undefined;
}

/**
 * The window. Where extents are not given, the output has input·stride elements for `same`, and for `valid` all that a
 * kernel reaches, at least as many.
 */
export function transposedWindow(spec: TransposedSpec): TransposedWindow {
  const { kernel, strides, dilations, padding, outputPadding, outputShape = [] } = spec;
  const reach = kernel.map((k, i) => (k - 1) * (dilations[i] ?? 1) + 1);
  const none = range(2 * kernel.length).fill(0);
  if (outputPadding) {
    // Keras's length for `same` is what half a kernel less at either side leaves; TensorFlow cuts the odd one from the end.
    const cut = reach.map((r, i) => (padding === 'same' ? 2 * Math.floor(r / 2) : 0) - (outputPadding[i] ?? 0));
    const begin = cut.map((c) => Math.floor(Math.max(0, c) / 2));
    const pads = [...begin, ...cut.map((c, i) => Math.max(0, c) - (begin[i] ?? 0))];
    return {
      strides,
      dilations,
      pads,
      autoPad: 'explicit',
      outputPads: cut.map((c) => Math.max(0, -c)),
      outputShape: [],
    };
  }
  const missing = reach.map((r, i) => Math.max(0, (strides[i] ?? 1) - r));
  const autoPad = padding === 'same' ? 'sameUpper' : 'explicit';
  const outputPads = outputShape.length > 0 ? kernel.map(() => 0) : missing;
  return { strides, dilations, pads: none, autoPad, outputPads, outputShape };
}

/** Weights `[…K, M, C]` → `[…K, C, M]`. */
export function transposedWeights(e: Emitter, weights: string, dims: number): string {
  return e.one('Transpose', [weights], { perm: [...range(dims), dims + 1, dims] });
}
