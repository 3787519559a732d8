/** Activation as a call of a WASM kernel. */
import { isFloat } from '../../core/dtype.ts';
import { elementCount } from '../../core/tensor.ts';
import type { OpKind } from '../../ir/ops.ts';
import { at, ceilDiv } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { activationKind } from '../lib/activation.ts';

/** Elements of a unit. */
const CHUNK = 8192;

/** Floats only. */
export function activation(context: SimdContext<'Activation'>): readonly SimdCall[] | undefined {
  const { activation: chosen } = context.node.attributes;
  return activateCalls(context, activationKind(chosen), [chosen.alpha, chosen.beta]);
}

/** A function of the first input, by its number. */
export function activateCalls<K extends OpKind>(
  context: SimdContext<K>,
  kind: number,
  floats: readonly [alpha: number, beta: number],
): readonly SimdCall[] | undefined {
  const { dtype, shape } = at(context.outputs, 0);
  if (!isFloat(dtype)) return undefined;
  const count = elementCount(shape);
  const operands = [inputOperand(context, 0), outputOperand(context)];
  return [
    { kernel: 'activation/activate', operands, ints: [count, CHUNK, kind], floats, units: ceilDiv(count, CHUNK) },
  ];
}
