/** Slice: a strided copy that starts inside the input. */
import { stridedDims } from '../../core/strided.ts';
import { resolveSlice } from '../../ir/shapes/slice.ts';
import { at, stridesOf } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { plannedInts } from '../lib/planned-ints.ts';
import { copyCall } from '../lib/copy.ts';

/** Takes every type, and bounds that are known. */
export function slice(context: SimdContext<'Slice'>): readonly SimdCall[] | undefined {
  const [x, , , ...further] = context.inputs;
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((index) => plannedInts(context, index));
  const isKnown = starts && ends && Boolean(axes) === Boolean(further[0]) && Boolean(steps) === Boolean(further[1]);
  if (!x || !isKnown || further[2]) return undefined;
  const part = resolveSlice(x.shape, { starts, ends, axes, steps });
  const strides = stridesOf(x.shape);
  const stepped = strides.map((stride, axis) => stride * at(part.steps, axis));
  return copyCall(x.dtype, inputOperand(context, 0), outputOperand(context), {
    dims: stridedDims(part.extents, stepped, stridesOf(part.extents)),
    start: strides.reduce((sum, stride, axis) => sum + stride * at(part.starts, axis), 0),
  });
}
