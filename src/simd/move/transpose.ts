/** Transpose: a strided copy. */
import { stridedDims } from '../../core/strided.ts';
import { at, range, stridesOf } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { copyCall } from '../lib/copy.ts';

/** Takes every type. */
export function transpose(context: SimdContext<'Transpose'>): readonly SimdCall[] | undefined {
  const [x] = context.inputs;
  if (!x) return undefined;
  const { shape } = at(context.outputs, 0);
  const { perm } = context.node.attributes;
  const strides = stridesOf(x.shape);
  const permuted = (perm.length > 0 ? perm : range(strides.length).reverse()).map((axis) => at(strides, axis));
  const dims = stridedDims(shape, permuted, stridesOf(shape));
  return copyCall(x.dtype, inputOperand(context, 0), outputOperand(context), { dims });
}
