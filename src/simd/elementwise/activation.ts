/** Activation as a call of a WASM kernel. */
import { elementCount } from '../../core/tensor.ts';
import { isFloat } from '../../core/dtype.ts';
import { at, ceilDiv } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { activationKind } from '../lib/activation.ts';

/** Elements of a unit. */
const CHUNK = 4096;

/** Floats only. */
export function activation(context: SimdContext<'Activation'>): readonly SimdCall[] | undefined {
  const { dtype, shape } = at(context.outputs, 0);
  if (!isFloat(dtype)) return undefined;
  const { activation: chosen } = context.node.attributes;
  const count = elementCount(shape);
  return [
    {
      kernel: 'activation/activate',
      operands: [inputOperand(context, 0), outputOperand(context)],
      ints: [count, CHUNK, activationKind(chosen)],
      floats: [chosen.alpha, chosen.beta],
      units: ceilDiv(count, CHUNK),
    },
  ];
}
