/** Concat: a strided copy of each operand. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { at, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { copyCall } from '../lib/copy.ts';

/** Takes every type. */
export function concat(context: SimdContext<'Concat'>): readonly SimdCall[] {
  const { dtype, shape } = at(context.outputs, 0);
  const axis = normalizeAxis(context.node.attributes.axis, shape.length);
  const row = product(shape.slice(axis));
  let toStart = 0;
  return context.inputs.flatMap((part, i) => {
    const width = product(part?.shape.slice(axis) ?? [0]);
    const dims = [
      { extent: product(shape.slice(0, axis)), strides: [width, row] },
      { extent: width, strides: [1, 1] },
    ];
    const calls = copyCall(dtype, inputOperand(context, i), outputOperand(context), { dims, toStart });
    toStart += width;
    return calls;
  });
}
