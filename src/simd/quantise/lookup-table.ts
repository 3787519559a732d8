/** LookupTable as a call of a WASM kernel. */
import { elementCount } from '../../core/tensor.ts';
import { at, ceilDiv } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { BYTES_TOGETHER, flipOf, isByte } from '../lib/quantised.ts';

/** Tables of bytes. */
export function lookupTable(context: SimdContext<'LookupTable'>): readonly SimdCall[] | undefined {
  const [x] = context.inputs;
  const y = at(context.outputs, 0);
  if (!isByte(x) || !isByte(y)) return undefined;
  const count = elementCount(y.shape);
  return [
    {
      kernel: 'quantise/lookup',
      operands: [inputOperand(context, 0), inputOperand(context, 1), outputOperand(context)],
      ints: [count, flipOf(x), 0],
      floats: [0],
      units: ceilDiv(count, BYTES_TOGETHER),
    },
  ];
}
