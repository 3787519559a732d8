/** Pools that few networks have. */
import { range } from '../../../util/arrays.ts';
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
