/** ArgReduce as a call of a WASM kernel. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { isFloat } from '../../core/dtype.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';

/** Elements of a unit, about. */
const CHUNK = 8192;

/** Floats only. */
export function argReduce(context: SimdContext<'ArgReduce'>): readonly SimdCall[] | undefined {
  const [x] = context.inputs;
  if (!x || !isFloat(x.dtype)) return undefined;
  const { axis, kind, last } = context.node.attributes;
  const chosen = normalizeAxis(axis, x.shape.length);
  const [extent, inner] = [at(x.shape, chosen), product(x.shape.slice(chosen + 1))];
  const results = product(at(context.outputs, 0).shape);
  const block = ceilDiv(CHUNK, extent);
  return [
    {
      kernel: 'reduce/argReduce',
      operands: [inputOperand(context, 0), outputOperand(context)],
      ints: [results, extent, inner, kind === 'max' ? 1 : -1, last ? 1 : 0, block],
      units: ceilDiv(results, block),
    },
  ];
}
