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
  return n.wants(1) ? [y, pooled(n, window, (x) => n.one('ArgMaxPool', [x], { ...window, storageOrder }))] : y;
}

function averagePool(n: OnnxNode): string {
  const attributes = { ...poolWindow(n), countIncludePad: n.attr.flag('count_include_pad', false) };
  return pooled(n, attributes, (x) => n.main('AveragePool', [x], attributes));
}

function globalPool(op: 'GlobalAveragePool' | 'GlobalMaxPool'): OnnxTranslation {
  return (n) => {
    const rank = n.rankKept();
    if (rank < 3) n.refuse(`rank ${rank}`);
    return aroundChannelsLast(n, n.input(0), rank, (x) => n.main(op, [x], {}));
  };
}

/** Pools. */
export const POOL = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalPool('GlobalAveragePool'),
  GlobalMaxPool: globalPool('GlobalMaxPool'),
};
