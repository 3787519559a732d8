/** Pools with a window, of any element type and of up to three spatial dimensions: a plain kernel. */
import {
  POOL_VOLUME_WORKGROUP,
  poolVolumeShader,
  type PoolFold,
  type PoolVolumeSpec,
} from '../../../shaders/pool/volume.ts';
import { extremesOf } from '../../core/extremes.ts';
import { isVectorised } from '../../core/placement.ts';
import { isPacked } from '../../core/storage.ts';
import type { PoolWindow } from '../../ir/ops.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import { dispatch1d, required, result, value, type KernelCall, type LowerContext } from '../definition.ts';
import { slidingAxes, volumeParams, type VolumeAxis } from '../lib/volume.ts';

/** Operators that this kernel runs. */
export type VolumePoolOp = 'MaxPool' | 'AveragePool' | 'LpPool' | 'ArgMaxPool';

/** The dispatch of a pool, its padding explicit. */
export function volumePoolCalls<K extends VolumePoolOp>(context: LowerContext<K>): Omit<KernelCall, 'variant'>[] {
  const { inputs, outputs, attributes } = context.node;
  const window: PoolWindow = attributes;
  const [x, y] = [required(context, 0), result(context)];
  const axes = slidingAxes(window, window.kernel, x.shape.slice(1, -1), y.shape.slice(1, -1));
  const { fold, params } = foldOf(context, axes);
  const inFours = isVectorised(x.placement, x.shape) && isVectorised(y.placement, y.shape);
  const width: PoolVolumeSpec['width'] = inFours && fold !== 'position' ? 4 : 1;
  const blocks = at(x.shape, x.shape.length - 1) / width;
  const results = product(y.shape.slice(0, -1)) * blocks;
  const inOrder = isPacked(y.storage) && width === 1;
  const count = inOrder ? ceilDiv(results, 4) : results;
  const isMaximum = fold === 'max' || fold === 'position';
  return [
    {
      shader: poolVolumeShader({ fold, width, xStorage: x.storage, yStorage: y.storage }),
      operands: [value(inputs[0]), value(outputs[0])],
      params: {
        count,
        ...volumeParams(axes),
        x_offset: x.placement.offset,
        x_pitch: x.placement.pitch,
        y_offset: y.placement.offset,
        y_pitch: y.placement.pitch,
        blocks,
        start: isMaximum ? extremesOf(x.dtype)[0] : 0,
        ...params,
        ...(inOrder ? { last: Math.max(1, results) - 1 } : {}),
      },
      workgroups: dispatch1d(count, POOL_VOLUME_WORKGROUP, context.device),
    },
  ];
}

/** How a node folds its windows, and the parameters that has of its own. */
function foldOf<K extends VolumePoolOp>(
  { node: { attributes } }: LowerContext<K>,
  axes: readonly VolumeAxis[],
): { fold: PoolFold; params: Record<string, number> } {
  if ('p' in attributes) return { fold: 'norm', params: { p: attributes.p } };
  if ('storageOrder' in attributes) return { fold: 'position', params: places(axes, attributes.storageOrder) };
  if (!('countIncludePad' in attributes)) return { fold: 'max', params: {} };
  if (!attributes.countIncludePad) return { fold: 'mean', params: {} };
  const window: PoolWindow = attributes;
  const extents = axes.map(({ input }, i) => input + at(window.pads, i) + at(window.pads, axes.length + i));
  const [w = 1, h = 1, d = 1] = extents.reverse();
  return { fold: 'paddedMean', params: { padded_d: d, padded_h: h, padded_w: w } };
}

/** Distances in the channels-first tensor of neighbours along each dimension, and of channels. */
function places(axes: readonly VolumeAxis[], order: 'row' | 'column'): Record<string, number> {
  const params: Record<string, number> = { place_d: 0, place_h: 0, place_w: 0 };
  const names = ['d', 'h', 'w'].slice(-axes.length);
  let distance = 1;
  for (const i of order === 'row' ? [...axes.keys()].reverse() : axes.keys()) {
    params[`place_${at(names, i)}`] = distance;
    distance *= at(axes, i).input;
  }
  return { ...params, pixels: distance };
}
