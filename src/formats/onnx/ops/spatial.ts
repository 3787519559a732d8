/** Convolution and pooling: windows over channels-first images. */
import { NO_ACTIVATION, type OpAttributes, type PoolWindow, type Window } from '../../../ir/ops.ts';
import { range, sameArray } from '../../../util/arrays.ts';
import type { OnnxNode } from '../node.ts';
import { channelsLast, resultChannelsFirst, spatialDims, weightsToLast } from './layout.ts';
import type { OpImport, OpTable } from './table.ts';

/** A list attribute with one positive entry per spatial dimension, 1 by default. */
function extents(n: OnnxNode, name: string, dims: number): number[] {
  const values = n.ints(name) ?? range(dims).map(() => 1);
  if (values.length !== dims || values.some((v) => v < 1)) n.fail(`${name} = [${values.join(', ')}]`);
  return values;
}

function windowOf(n: OnnxNode, dims: number): Window {
  const mode = n.choice('auto_pad', 'NOTSET', ['NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID']);
  const none = range(2 * dims).map(() => 0);
  const given = n.ints('pads') ?? none;
  if (given.length !== 2 * dims) n.fail(`pads = [${given.join(', ')}]`);
  if (mode === 'NOTSET' && given.some((p) => p < 0)) n.refuse(`pads = [${given.join(', ')}]`);
  return {
    strides: extents(n, 'strides', dims),
    dilations: extents(n, 'dilations', dims),
    pads: mode === 'NOTSET' ? given : none,
    padMode: mode === 'SAME_UPPER' ? 'sameUpper' : mode === 'SAME_LOWER' ? 'sameLower' : 'explicit',
  };
}

function conv(n: OnnxNode): void {
  const [x, w, bias] = [n.in(0), n.in(1), n.optional(2)];
  const kernel = n.ints('kernel_shape');
  const rank = kernel ? kernel.length + 2 : (n.facts(1).rank ?? n.rank(0));
  const dims = spatialDims(n, rank);
  const weights = n.constant(1);
  if (kernel && weights && !sameArray(weights.shape.slice(2), kernel)) {
    n.fail(`kernel_shape [${kernel.join(', ')}] does not fit weights [${weights.shape.join(', ')}]`);
  }
  const attributes = { ...windowOf(n, dims), group: n.int('group', 1), activation: NO_ACTIVATION };
  const inputs = [channelsLast(n, x, rank), n.temp('Transpose', [w], { perm: weightsToLast(rank) })];
  const y = n.main('Conv', bias === '' ? inputs : [...inputs, bias], attributes);
  resultChannelsFirst(n, y, rank);
}

function poolWindow(n: OnnxNode): PoolWindow {
  const kernel = n.ints('kernel_shape') ?? n.fail('kernel_shape is missing');
  const dims = spatialDims(n, kernel.length + 2);
  if (kernel.some((k) => k < 1)) n.fail(`kernel_shape = [${kernel.join(', ')}]`);
  return { ...windowOf(n, dims), kernel, ceilMode: n.flag('ceil_mode', false) };
}

function pool<K extends 'MaxPool' | 'AveragePool'>(op: K, read: (n: OnnxNode) => OpAttributes[K]): OpImport {
  return (n) => {
    const attributes = read(n);
    const rank = attributes.kernel.length + 2;
    resultChannelsFirst(n, n.main(op, [channelsLast(n, n.in(0), rank)], attributes), rank);
  };
}

function maxPool(n: OnnxNode): PoolWindow {
  n.ignore('storage_order'); // concerns the indices output alone, which is refused when used
  return poolWindow(n);
}

function averagePool(n: OnnxNode): OpAttributes['AveragePool'] {
  return { ...poolWindow(n), countIncludePad: n.flag('count_include_pad', false) };
}

function globalPool(op: 'GlobalAveragePool' | 'GlobalMaxPool'): OpImport {
  return (n) => {
    const rank = n.rank(0);
    spatialDims(n, rank);
    resultChannelsFirst(n, n.main(op, [channelsLast(n, n.in(0), rank)], {}), rank);
  };
}

/** Operators with a window. */
export const SPATIAL: OpTable = {
  Conv: conv,
  MaxPool: pool('MaxPool', maxPool),
  AveragePool: pool('AveragePool', averagePool),
  GlobalAveragePool: globalPool('GlobalAveragePool'),
  GlobalMaxPool: globalPool('GlobalMaxPool'),
};
