/** Pools of channels-first images. */
import type { OpAttributes, PoolWindow } from '../../../ir/ops.ts';
import { aroundChannelsLast, spatialDims } from '../../lib/channels-first.ts';
import type { OnnxNode, OnnxTranslation } from '../node.ts';
import { windowOf } from './window.ts';

function poolWindow(n: OnnxNode): PoolWindow {
  const kernel = n.attr.ints('kernel_shape') ?? n.fail('kernel_shape is missing');
  const dims = spatialDims(n, kernel.length + 2);
  if (kernel.some((k) => k < 1)) n.fail(`kernel_shape = [${kernel.join(', ')}]`);
  return { ...windowOf(n, dims), kernel, ceilMode: n.attr.flag('ceil_mode', false) };
}

function pool<K extends 'MaxPool' | 'AveragePool'>(
  op: K,
  read: (n: OnnxNode) => OpAttributes[K] & PoolWindow,
): OnnxTranslation {
  return (n) => {
    const attributes = read(n);
    return aroundChannelsLast(n, n.input(0), attributes.kernel.length + 2, (x) => n.main(op, [x], attributes));
  };
}

function maxPool(n: OnnxNode): PoolWindow {
  n.attr.ignore('storage_order'); // concerns the indices output alone, which is refused when used
  return poolWindow(n);
}

function averagePool(n: OnnxNode): OpAttributes['AveragePool'] {
  return { ...poolWindow(n), countIncludePad: n.attr.flag('count_include_pad', false) };
}

function globalPool(op: 'GlobalAveragePool' | 'GlobalMaxPool'): OnnxTranslation {
  return (n) => {
    const rank = n.rank(0);
    spatialDims(n, rank);
    return aroundChannelsLast(n, n.input(0), rank, (x) => n.main(op, [x], {}));
  };
}

/** Pools. */
export const POOL = {
  MaxPool: pool('MaxPool', maxPool),
  AveragePool: pool('AveragePool', averagePool),
  GlobalAveragePool: globalPool('GlobalAveragePool'),
  GlobalMaxPool: globalPool('GlobalMaxPool'),
};
