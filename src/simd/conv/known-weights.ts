/** Weights of windows that are known while the plan is made. */
import { isFloat } from '../../core/dtype.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { SimdContext } from '../definition.ts';

/** Weights `[…K, depth, group·columns]`, and what belongs to a column. */
export interface TapWeights {
  readonly weights: Tensor;
  readonly start: Tensor | undefined;
  /** Factors of columns: of weights that are integers. */
  readonly scale: Tensor | undefined;
}

/** Operands that are known while the plan is made; nothing where one is not, or x is no float. */
export function knownWeights({
  inputs,
  constant,
}: Pick<SimdContext<'Conv' | 'ConvTranspose'>, 'inputs' | 'constant'>): TapWeights | undefined {
  const [x, w] = inputs;
  const [weights, start, scale] = [constant(1), constant(2), constant(5)];
  if (!x || !w || !weights || !isFloat(x.dtype) || (inputs[2] && !start)) return undefined;
  return (inputs[5] ? scale : isFloat(w.dtype)) ? { weights, start, scale } : undefined;
}
