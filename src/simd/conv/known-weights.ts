/** Weights of windows that are known while the plan is made. */
import { isFloat } from '../../core/dtype.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { SimdContext } from '../definition.ts';
import { floatWeights } from '../lib/constants.ts';

/** Weights `[…K, depth, group·columns]`, and what sums start from: an element for each column. */
export interface TapWeights {
  readonly weights: Tensor;
  readonly start: Tensor | undefined;
}

/** Nothing where one of these is not known, or x is no float. */
export function knownWeights(
  context: Pick<SimdContext<'Conv' | 'ConvTranspose'>, 'inputs' | 'constant'>,
): TapWeights | undefined {
  const [x, , bias] = context.inputs;
  const [weights, start] = [floatWeights(context, 5), context.constant(2)];
  return x && isFloat(x.dtype) && weights && (start || !bias) ? { weights, start } : undefined;
}
