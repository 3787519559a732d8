/** Whose scale an element has, for kernels that read scales from a buffer. */
import type { ScaleKind } from '../../../shaders/quantise/quantize-linear.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { elementCount, type Shape } from '../../core/tensor.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';

/** The kind of scales and the parameters of their index. */
export interface ScalePlan {
  readonly kind: ScaleKind;
  readonly params: Readonly<Record<string, number>>;
}

/** Scales of this shape along `axis` of `x`, or of blocks of it. */
export function planScales(
  x: Shape,
  scale: Shape,
  { axis, blockSize }: { axis: number; blockSize: number },
): ScalePlan {
  if (elementCount(scale) === 1) return { kind: 'scalar', params: {} };
  const chosen = normalizeAxis(axis, x.length);
  const params = { inner: product(x.slice(chosen + 1)), extent: at(x, chosen) };
  if (blockSize === 0) return { kind: 'axis', params };
  return { kind: 'blocks', params: { ...params, blocks: ceilDiv(params.extent, blockSize), block_size: blockSize } };
}
