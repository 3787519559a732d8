/**
 * Cast between element types.
 *
 * Float to integer truncates toward zero and saturates at the ends of the type (int64 and uint64 at those of int32 and uint32,
 * in which the engine holds them); NaN gives 0. Integer to integer keeps the low bits, but uint32 and uint64 to int64
 * saturate likewise. Anything to bool is `!= 0`, so NaN is true. To float16 and bfloat16 it rounds to the nearest, ties to
 * even, and what is beyond the largest is infinite.
 */
import { keptBound } from '../lib/bounded.ts';
import { isFloat, wgslScalar, type DType } from '../../core/dtype.ts';
import { extremesOf, isNarrowed, requireHeld } from '../../core/extremes.ts';
import { brainToFloat, floatToBrain, floatToHalf, halfToFloat } from '../../util/half.ts';
import type { OpDefinition } from '../definition.ts';
import { mapTensor } from '../lib/elementwise.ts';
import { operand, tensorAt } from '../lib/operands.ts';

/** The function that turns an element of type `from` into one of type `to`; storing it rounds or wraps the rest. */
function castFunction(from: DType, to: DType): (x: number) => number {
  if (to === 'bool') return (x) => (x === 0 ? 0 : 1);
  if (to === 'float16') return (x) => halfToFloat(floatToHalf(x));
  if (to === 'bfloat16') return (x) => brainToFloat(floatToBrain(x));
  if (wgslScalar(from) === 'u32' && to === 'int64') return (x) => Math.min(x, 2 ** 31 - 1);
  if (to === 'float32' || !isFloat(from)) return (x) => x;
  const [low, high] = extremesOf(to);
  return (x) => (Number.isNaN(x) ? 0 : Math.min(high, Math.max(low, Math.trunc(x))));
}

/** Keeps the shape; defined between any two types. */
export const cast: OpDefinition<'Cast'> = {
  infer: (node, inputs) => [{ dtype: node.attributes.to, shape: operand(inputs, 0).shape }],
  bounded: keptBound,
  reference: ({ attributes: { to } }, inputs, _outputs, wraps = false) => {
    const x = tensorAt(inputs, 0);
    if (!wraps && isNarrowed(to) && !isFloat(x.dtype)) x.data.forEach((v) => requireHeld(to, v));
    return [mapTensor(x, to, castFunction(x.dtype, to))];
  },
};
