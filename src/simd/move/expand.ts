/** Expand: a strided copy with stride 0 along stretched dimensions. */
import { broadcastStrides } from '../../core/broadcast.ts';
import { stridedDims } from '../../core/strided.ts';
import { at, stridesOf } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { copyCall } from '../lib/copy.ts';

/** Takes every type. */
export function expand(context: SimdContext<'Expand'>): readonly SimdCall[] | undefined {
  const [x] = context.inputs;
  if (!x) return undefined;
  const { shape } = at(context.outputs, 0);
  const dims = stridedDims(shape, broadcastStrides(x.shape, shape), stridesOf(shape));
  return copyCall(x.dtype, inputOperand(context, 0), outputOperand(context), { dims });
}
