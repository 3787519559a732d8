/** Tile: a strided copy in which every dimension is two, the repetition (stride 0) and the position. */
import { stridedDims } from '../../core/strided.ts';
import { at, stridesOf } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { copyCall } from '../lib/copy.ts';

/** Takes every type. */
export function tile(context: SimdContext<'Tile'>): readonly SimdCall[] | undefined {
  const [x] = context.inputs;
  if (!x) return undefined;
  const { shape } = at(context.outputs, 0);
  const pairs = x.shape.flatMap((extent, axis) => [at(shape, axis) / extent, extent]);
  const strides = stridesOf(x.shape).flatMap((stride) => [0, stride]);
  const dims = stridedDims(pairs, strides, stridesOf(pairs));
  return copyCall(x.dtype, inputOperand(context, 0), outputOperand(context), { dims });
}
