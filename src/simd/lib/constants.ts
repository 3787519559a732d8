/** Constants: what is known of them while the plan is made, and how elements lie. */
import { isFloat } from '../../core/dtype.ts';
import { stridedSource } from '../../core/lazy-tensor.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { OpKind } from '../../ir/ops.ts';
import { at, stridesOf } from '../../util/arrays.ts';
import type { SimdContext } from '../definition.ts';
import { furtherWeights } from './further-weights-part.ts';

/**
 * Weights as floats: those of eight bits have a scale for each column, where `inner` elements follow each other. Nothing where
 * something is not known.
 */
export function floatWeights<K extends OpKind>(
  context: Pick<SimdContext<K>, 'inputs' | 'constant'>,
  scaleInput: number,
  inner = 1,
): Tensor | undefined {
  if (context.inputs[scaleInput]) return furtherWeights.peek()?.scaledWeights(context, scaleInput, inner);
  const weights = context.constant(1);
  return weights && isFloat(weights.dtype) ? weights : undefined;
}

/** Matrices whose elements are those of a tensor, in any order: steps in elements from each to the next. */
export interface ConstantMatrices {
  readonly elements: Tensor;
  readonly matrixStep: number;
  readonly rowStep: number;
  readonly step: number;
}

/** A constant `[…, rows, columns]`; a vector is a column. In the order of the file where its matrices follow each other there. */
export function stridesOfConstant(t: Tensor): ConstantMatrices {
  const { source, strides } = stridedSource(t);
  const isEven = strides.slice(0, -3).every((stride, i) => stride === at(strides, i + 1) * at(t.shape, i + 1));
  const [elements, steps] = isEven ? [source, strides] : [t, stridesOf(t.shape)];
  const [step = 1, rowStep = step, matrixStep = 0] = steps.toReversed();
  return { elements, matrixStep, rowStep, step };
}
