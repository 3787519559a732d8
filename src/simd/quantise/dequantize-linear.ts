/** DequantizeLinear as a call of a WASM kernel. */
import { elementCount } from '../../core/tensor.ts';
import { at, ceilDiv } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { bytesLess } from '../lib/integer-products.ts';
import { BYTES_SCRATCH, BYTES_TOGETHER, isByte } from '../lib/quantised.ts';

/** Bytes of one scale that is known. */
export function dequantizeLinear(context: SimdContext<'DequantizeLinear'>): readonly SimdCall[] | undefined {
  const [x, , zero] = context.inputs;
  const [scale, zeroPoint] = [context.constant(1), context.constant(2)];
  const y = at(context.outputs, 0);
  if (!isByte(x) || scale?.dtype !== 'float32' || scale.data.length !== 1 || (zero && !zeroPoint)) return undefined;
  const count = elementCount(y.shape);
  const less = bytesLess({ unsigned: x.dtype === 'uint8', zeroPoint: zeroPoint ? at(zeroPoint.data, 0) : 0 });
  return [
    {
      kernel: 'quantise/dequantize',
      operands: [inputOperand(context, 0), { kind: 'absent' }, outputOperand(context)],
      ints: [count, ...less],
      floats: [at(scale.data, 0)],
      units: ceilDiv(count, BYTES_TOGETHER),
      scratch: BYTES_SCRATCH,
    },
  ];
}
