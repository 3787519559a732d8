/** Layers that look at many elements at once: norms, means, sums, the largest. */
import type { ReduceKind } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import { extentNode, realOf } from '../../lib/layer-nodes.ts';
import type { CaffeContext } from '../context.ts';

/** SSD's: over the norm of all channels of a pixel, or of all pixels too, times a factor of each channel. */
function normalize(c: CaffeContext): string {
  const x = c.bottom();
  const param = c.param('norm_param');
  param.ignore('scale_filler');
  const rank = c.rank(x);
  if (rank < 2) c.fail(`normalises a blob of ${rank} dimensions`);
  const axes = param.flag('across_spatial', true) ? range(rank - 1).map((i) => i + 1) : [1];
  const squares = c.one('Reduce', [x], { kind: 'sumSquare', axes, keepDims: true });
  const sum = c.binary('add', squares, c.scalar('float32', param.number('eps', 1e-10)));
  const unit = c.binary('div', x, c.one('Unary', [sum], { kind: 'sqrt' }));
  const shared = param.flag('channel_shared', true);
  const factors = c.blobTensor(0, shared ? [1] : [c.extents(x)[1]]);
  const shape = shared ? [] : [...factors.shape, ...range(rank - 2).map(() => 1)];
  return c.binary('mul', unit, c.constant({ ...factors, shape }, 'factors'));
}

/** Less the mean, and over the deviation, of each channel or of each image. */
function mvn(c: CaffeContext): string {
  const x = c.bottom();
  const param = c.param('mvn_param');
  const from = param.flag('across_channels', false) ? 1 : 2;
  if (c.rank(x) <= from) c.fail(`a blob of ${c.rank(x)} dimensions has nothing to take a mean of`);
  const mean = { kind: 'mean', axes: range(c.rank(x) - from).map((i) => i + from), keepDims: true } as const;
  const eps = param.number('eps', 1e-9);
  const centred = c.binary('sub', x, c.one('Reduce', [x], mean));
  if (!param.flag('normalize_variance', true)) return centred;
  const variance = c.one('Reduce', [c.one('Unary', [centred], { kind: 'square' })], mean);
  const deviation = c.one('Unary', [variance], { kind: 'sqrt' });
  return c.binary('div', centred, c.binary('add', deviation, c.scalar('float32', eps)));
}

const REDUCTIONS = { SUM: 'sum', ASUM: 'l1', SUMSQ: 'sumSquare', MEAN: 'mean' } as const satisfies Record<
  string,
  ReduceKind
>;

/** One number of all from an axis on. */
function reduction(c: CaffeContext): string {
  const x = c.bottom();
  const param = c.param('reduction_param');
  const kind = REDUCTIONS[param.choice('operation', 'SUM', ['SUM', 'ASUM', 'SUMSQ', 'MEAN'], 1)];
  const axis = c.axis(param.integer('axis', 0), c.rank(x));
  const axes = range(c.rank(x) - axis).map((i) => i + axis);
  const y = c.one('Reduce', [x], { kind, axes, keepDims: false });
  const factor = param.number('coeff', 1);
  return factor === 1 ? y : c.binary('mul', y, c.scalar('float32', factor));
}

/** Indices of the largest, or these and what they are; of equal ones the last. */
function argMax(c: CaffeContext): string {
  const x = c.bottom();
  const param = c.param('argmax_param');
  const [values, count] = [param.flag('out_max_val', false), param.count('top_k', 1, 1)];
  if (param.has('axis')) {
    const axis = c.axis(param.integer('axis', 0), c.rank(x));
    const [best, indices] = largest(c, x, axis, count);
    return values ? best : indices;
  }
  const [best, indices] = largest(c, c.reshape(x, [0, -1]), 1, count);
  const rank = Math.max(3, c.rank(x));
  const rows = [indices, ...(values ? [best] : [])].map((list) => {
    return c.one('Unsqueeze', [list], { axes: [1, ...range(rank - 3).map((i) => i + 3)] });
  });
  return rows.length === 1 ? (rows[0] ?? '') : c.one('Concat', rows, { axis: 1 });
}

/** The largest along an axis, and their indices, both float32. */
function largest(c: CaffeContext, x: string, axis: number, count: number): readonly [values: string, indices: string] {
  if (count === 1) {
    const attributes = { kind: 'max', axis, keepDims: true, last: true, dtype: 'int64' } as const;
    const values = c.one('Reduce', [x], { kind: 'max', axes: [axis], keepDims: true });
    return [values, realOf(c, c.one('ArgReduce', [x], attributes))];
  }
  const turned = c.one('Slice', [x, ...[-1, -(2 ** 31) + 1, axis, -1].map((bound) => c.ints([bound]))], {});
  const [values = '', indices = ''] = c.many('TopK', [turned, c.ints([count])], { axis, largest: true }, 2);
  const last = c.binary('sub', extentNode(c, x, axis), c.scalar('int64', 1));
  return [values, realOf(c, c.binary('sub', last, indices))];
}

/** Layers that look at many elements. */
export const STATISTICS = { Normalize: normalize, MVN: mvn, Reduction: reduction, ArgMax: argMax };
