/** Pools that few networks have. */
import { range } from '../../../util/arrays.ts';
import { aroundChannelsLast, channelsLast, spatialDims } from '../../lib/channels-first.ts';
import type { OnnxNode } from '../node.ts';
import { overPositions, pooled, poolWindow } from './pool.ts';

/** The order of the norm: a float once, then an integer. */
function orderOf(n: OnnxNode): number {
  return n.opset < 2 ? n.attr.float('p', 2) : n.attr.int('p', 2);
}

/** LpPool. */
export function lpPool(n: OnnxNode): string {
  const attributes = { ...poolWindow(n), p: orderOf(n) };
  return pooled(n, attributes, (x) => n.main('LpPool', [x], attributes));
}

/** GlobalLpPool: (Σ|x|^p)^(1/p) over all spatial dimensions. */
export function globalLpPool(n: OnnxNode): string {
  const p = orderOf(n);
  return overPositions(n, (x, rank) => {
    const axes = range(rank - 2).map((i) => i + 2);
    const sum = (of: string, kind: 'sum' | 'l1' | 'l2'): string =>
      n.main('Reduce', [of], { kind, axes, keepDims: true });
    if (p === 1 || p === 2) return sum(x, p === 1 ? 'l1' : 'l2');
    const dtype = n.facts(0).dtype ?? 'float32';
    const powers = n.binary('pow', n.one('Unary', [x], { kind: 'abs' }), n.scalar(dtype, p));
    return n.binary('pow', sum(powers, 'sum'), n.scalar(dtype, 1 / p));
  });
}

/**
 * MaxUnpool. Indices of a MaxPool of this file count in what it pooled, which is what a given output shape names: so has it
 * onnxruntime. Those from elsewhere count in what the window says, at the corner of the output shape: so have it ONNX's tests.
 */
export function maxUnpool(n: OnnxNode): string {
  const kernel = n.attr.ints('kernel_shape') ?? n.fail('kernel_shape is missing');
  const dims = spatialDims(n, kernel.length + 2);
  const strides = n.attr.ints('strides') ?? kernel.map(() => 1);
  const pads = n.attr.ints('pads') ?? [...kernel, ...kernel].map(() => 0);
  const shape = n.optional(2);
  const spatial = range(dims).map((i) => i + 2);
  const extents = shape === '' ? [] : [n.one('Gather', [shape, n.ints(spatial)], { axis: 0 })];
  const countIn = shape === '' || n.context.positions.has(n.input(1)) ? 'output' : 'window';
  const indices = channelsLast(n, n.input(1), dims + 2);
  return aroundChannelsLast(n, n.input(0), dims + 2, (x) =>
    n.main('MaxUnpool', [x, indices, ...extents], { kernel, strides, pads, countIn }),
  );
}
