/** Pools of channels-first images. */
import type { PoolWindow } from '../../../ir/ops.ts';
import { aroundChannelsLast, spatialDims } from '../../lib/channels-first.ts';
import type { OnnxNode, OnnxTranslation } from '../node.ts';
import { windowOf } from './window.ts';

/** The window of a pool: what its attributes say. */
export function poolWindow(n: OnnxNode): PoolWindow {
  const kernel = n.attr.ints('kernel_shape') ?? n.fail('kernel_shape is missing');
  const dims = spatialDims(n, kernel.length + 2);
  if (kernel.some((k) => k < 1)) n.fail(`kernel_shape = [${kernel.join(', ')}]`);
  return { ...windowOf(n, dims), kernel, ceilMode: n.attr.flag('ceil_mode', false) };
}

/** Applies a pool to the channels-last image that is the node's first input. */
export function pooled(n: OnnxNode, { kernel }: PoolWindow, compute: (x: string) => string): string {
  return aroundChannelsLast(n, n.input(0), kernel.length + 2, compute);
}

function maxPool(n: OnnxNode): string | string[] {
  const window = poolWindow(n);
  const storageOrder = n.attr.flag('storage_order', false) ? 'column' : 'row';
  const y = pooled(n, window, (x) => n.main('MaxPool', [x], window));
  if (n.wants(1)) n.context.positions.add(n.outputs[1] ?? '');
  return n.wants(1) ? [y, pooled(n, window, (x) => n.one('ArgMaxPool', [x], { ...window, storageOrder }))] : y;
}

function averagePool(n: OnnxNode): string {
  const attributes = { ...poolWindow(n), countIncludePad: n.attr.flag('count_include_pad', false) };
  return pooled(n, attributes, (x) => n.main('AveragePool', [x], attributes));
}

function globalPool(op: 'GlobalAveragePool' | 'GlobalMaxPool'): OnnxTranslation {
  return (n) => overPositions(n, (x, rank) => aroundChannelsLast(n, x, rank, (image) => n.main(op, [image], {})));
}

/**
 * Applies `compute`, which leaves one position, to the node's image `[N, C, …S]`. One whose rank is not known is a series of
 * positions to it, and gets as many extents of 1 afterwards as the image turns out to have.
 */
export function overPositions(n: OnnxNode, compute: (x: string, rank: number) => string): string {
  const [x, rank] = [n.input(0), n.rankKept];
  if (rank !== undefined) return rank < 3 ? n.refuse(`rank ${rank}`) : compute(x, rank);
  const dims = n.binary('sub', n.one('Shape', [n.one('Shape', [x], {})], {}), n.ints([2]));
  const ones = n.one('ConstantOfShape', [dims], { dtype: 'int64', value: 1 });
  return n.reshapeTo(compute(n.reshape(x, [0, 0, -1]), 3), n.one('Concat', [n.ints([0, 0]), ones], { axis: 0 }));
}

/** Pools. */
export const POOL = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalPool('GlobalAveragePool'),
  GlobalMaxPool: globalPool('GlobalMaxPool'),
};
