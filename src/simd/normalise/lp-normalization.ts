/** LpNormalization as a call of a WASM kernel. */
import { at, ceilDiv, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';

/** Elements of a unit, about. */
const CHUNK = 8192;

/** Where the least norm is one that a float holds. */
export function lpNormalization(context: SimdContext<'LpNormalization'>): readonly SimdCall[] | undefined {
  const { p, least, added } = context.node.attributes;
  if ([least, added].some((v) => v !== 0 && Math.fround(v) === 0)) return undefined;
  const { shape } = at(context.outputs, 0);
  const columns = at(shape, shape.length - 1);
  const rows = product(shape) / columns;
  const block = ceilDiv(CHUNK, columns);
  return [
    {
      kernel: 'normalise/lpNormalize',
      operands: [inputOperand(context, 0), inputOperand(context, 1), outputOperand(context)],
      ints: [rows, columns, p, block],
      floats: [least, added],
      units: ceilDiv(rows, block),
    },
  ];
}
