/** Scales and zero points in the shape in which arithmetic takes them. */
import { normalizeAxis } from '../../../core/broadcast.ts';
import { hostArray } from '../../../core/dtype.ts';
import type { Shape, Tensor } from '../../../core/tensor.ts';
import { at, product, range } from '../../../util/arrays.ts';
import { GIVE_EXTENTS, type OnnxWriter } from './writer.ts';

/** How scales belong to positions of an operand. */
interface Blocks {
  readonly axis: number;
  readonly blockSize: number;
}

/** Scales or zero points of `x`, one for all, for each position of an axis or for blocks of these, so that they are broadcast to it. */
export function broadcastScales(w: OnnxWriter, scales: string, x: string, { axis: given, blockSize }: Blocks): string {
  if (scales === '' || w.rank(scales) === 0) return scales;
  const axis = normalizeAxis(given, w.rank(x));
  if (blockSize === 0) return w.reshape(scales, [-1, ...range(w.rank(x) - axis - 1).map(() => 1)]);
  const [value, shape] = [w.value(scales), w.shape(x)];
  if (!value) w.refuse('blocks of scales that are computed, which came after opset 20');
  if (!shape) w.refuse('blocks of scales of what has no known extents, which came after opset 20', GIVE_EXTENTS);
  return w.constant(repeated(value, shape, axis, blockSize));
}

/** Each position of the axis as often as it stands for one, as far as there are some. */
function repeated({ dtype, shape, data }: Tensor, whole: Shape, axis: number, times: number): Tensor {
  const extent = at(whole, axis);
  const inner = product(shape.slice(axis + 1));
  const out = hostArray(dtype, product(shape.slice(0, axis)) * extent * inner);
  const blocks = at(shape, axis);
  for (let i = 0; i < out.length; i++) {
    const [outer, place, behind] = [Math.floor(i / (extent * inner)), Math.floor(i / inner) % extent, i % inner];
    out[i] = at(data, (outer * blocks + Math.floor(place / times)) * inner + behind);
  }
  return { dtype, shape: shape.with(axis, extent), data: out };
}
