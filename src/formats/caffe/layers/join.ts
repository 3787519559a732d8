/** Layers that join blobs, part them, or cut one to another's size. */
import { tensorOf } from '../../../core/tensor.ts';
import { range } from '../../../util/arrays.ts';
import type { CaffeContext } from '../context.ts';
import type { TextMessage } from '../text-message.ts';

/** Beyond every extent: what is cut there ends at the end. */
const END = 2 ** 31 - 1;

function eltwise(c: CaffeContext): string {
  const param = c.param('eltwise_param');
  param.ignore('stable_prod_grad');
  const operation = param.choice('operation', 'SUM', ['PROD', 'SUM', 'MAX']);
  const values = c.bottoms(2);
  const factors = param.numbers('coeff');
  if (factors.length > 0 && (operation !== 'SUM' || factors.length !== values.length)) {
    c.fail(`${factors.length} coefficients for the ${operation} of ${values.length} blobs`);
  }
  checkAlike(c, values);
  const operands = values.map((value, i) => {
    const factor = factors[i] ?? 1;
    return factor === 1 ? value : c.binary('mul', value, c.constant(tensorOf('float32', [], [factor]), 'factor'));
  });
  const kind = ({ PROD: 'mul', SUM: 'add', MAX: 'max' } as const)[operation];
  return operands.reduce((joined, operand) => c.binary(kind, joined, operand));
}

/** Blobs that are joined element by element have the same extents: the engine would stretch those of 1. */
function checkAlike(c: CaffeContext, values: readonly string[]): void {
  const [first = [], ...rest] = values.map((value) => c.extents(value));
  for (const extents of rest) {
    const differs = extents.some((extent, i) => (first[i] ?? extent) !== (extent ?? first[i]));
    if (extents.length === first.length && !differs) continue;
    const [a, b] = [first, extents].map((list) => list.map((extent) => extent ?? '?').join(', '));
    c.fail(`blobs of [${a}] and [${b}] have not the same shape`);
  }
}

/** The axis along which a layer joins or parts, under its present name or the old one. */
function axisOf(c: CaffeContext, param: TextMessage, old: string, rank: number): number {
  if (param.has('axis') && param.has(old)) c.fail(`both axis and ${old} are given`);
  return c.axis(param.has(old) ? param.count(old, 1) : param.integer('axis', 1), rank);
}

function concat(c: CaffeContext): string {
  const values = c.bottoms(1);
  const ranks = new Set(values.map((value) => c.rank(value)));
  if (ranks.size > 1) c.fail(`joins blobs of ${[...ranks].join(' and ')} dimensions`);
  const axis = axisOf(c, c.param('concat_param'), 'concat_dim', c.rank(values[0] ?? ''));
  return values.length === 1 ? (values[0] ?? '') : c.main('Concat', values, { axis });
}

function slice(c: CaffeContext): string[] {
  const x = c.bottom();
  const param = c.param('slice_param');
  const points = param.counts('slice_point', 1);
  const axis = axisOf(c, param, 'slice_dim', c.rank(x));
  const parts = c.topCount;
  const extent = c.extents(x)[axis];
  if (points.length === 0) {
    if (parts === 1) return [x];
    if (extent !== undefined && extent % parts !== 0) c.fail(`${extent} elements cannot be parted into ${parts}`);
    return c.many('Split', [x], { axis, sizes: [] }, parts);
  }
  if (points.length !== parts - 1) c.fail(`${points.length} points give ${points.length + 1} parts, not ${parts}`);
  const sizes = points.map((point, i) => point - (points[i - 1] ?? 0));
  const last = points.at(-1) ?? 0;
  if (sizes.some((size) => size < 1) || (extent ?? Infinity) <= last)
    c.fail(`cannot be parted at ${points.join(', ')}`);
  if (extent !== undefined) return c.many('Split', [x], { axis, sizes: [...sizes, extent - last] }, parts);
  const rank = c.rank(x);
  const part = (start: number, end: number): string =>
    c.one('Slice', [x, c.ints([start]), c.ints([end]), c.ints([axis])], {});
  // A slice ends where the blob does: that there is as much as the points say is said by the shape.
  const parted = sizes.map((size, i) => {
    const point = points[i] ?? 0;
    return c.reshape(
      part(point - size, point),
      range(rank).map((at) => (at === axis ? size : 0)),
    );
  });
  return [...parted, part(last, END)];
}

/** The same blob under several names. */
function split(c: CaffeContext): string[] {
  return range(c.topCount).map(() => c.bottom());
}

/** The first blob, from an offset on, in the extents of the second. */
function crop(c: CaffeContext): string {
  const [x = '', reference = ''] = c.bottoms(2, 2);
  const param = c.param('crop_param');
  const rank = c.rank(x);
  const axis = c.axis(param.integer('axis', 2), rank);
  const axes = range(rank - axis).map((i) => axis + i);
  const offsets = param.counts('offset');
  if (offsets.length > 1 && offsets.length !== axes.length) {
    c.fail(`${offsets.length} offsets for ${axes.length} dimensions`);
  }
  if (c.rank(reference) !== rank) c.fail(`a blob of ${rank} dimensions is cut to one of ${c.rank(reference)}`);
  const starts = c.ints(axes.map((_, i) => offsets[i] ?? offsets[0] ?? 0));
  const extents = c.one('Gather', [c.one('Shape', [reference], {}), c.ints(axes)], { axis: 0 });
  const cut = c.main('Slice', [x, starts, c.binary('add', starts, extents), c.ints(axes)], {});
  // A slice ends where the blob does: that there is as much as the second blob has is said by the shape.
  const shape = axis === 0 ? extents : c.one('Concat', [c.ints(range(axis).map(() => 0)), extents], { axis: 0 });
  return c.reshapeTo(cut, shape);
}

/** Layers that join and part. */
export const JOIN = { Eltwise: eltwise, Concat: concat, Slice: slice, Split: split, Crop: crop };
