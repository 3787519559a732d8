/** Gather: runs that indices name. */
import { normalizeAxis } from '../../core/broadcast.ts';
import type { DType } from '../../core/dtype.ts';
import { elementCount } from '../../core/tensor.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { bytesOfValue } from '../lifetimes.ts';

/** Indices that are held in 32 bits: whether they have a sign. */
const SIGNED: { readonly [D in DType]?: boolean } = { int64: true, int32: true, uint64: false, uint32: false };

/** Bytes of a unit, about. */
const UNIT = 2 ** 15;

/** Takes every type, and indices of 32 bits. */
export function gather(context: SimdContext<'Gather'>): readonly SimdCall[] | undefined {
  const [x, indices] = context.inputs;
  if (!x || !indices) return undefined;
  const isSigned = SIGNED[indices.dtype];
  if (isSigned === undefined) return undefined;
  const axis = normalizeAxis(context.node.attributes.axis, x.shape.length);
  const run = bytesOfValue({ dtype: x.dtype, shape: x.shape.slice(axis + 1) });
  const count = elementCount(indices.shape);
  const rows = product(x.shape.slice(0, axis)) * count;
  const chunk = ceilDiv(UNIT, run);
  return [
    {
      kernel: 'move/gather',
      operands: [inputOperand(context, 0), inputOperand(context, 1), outputOperand(context)],
      ints: [run, at(x.shape, axis), count, rows, chunk, isSigned ? 0 : 1],
      units: ceilDiv(rows, chunk),
    },
  ];
}
