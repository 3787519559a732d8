/** Other extents, or another order, for the same elements. */
import { range } from '../../../util/arrays.ts';
import type { CaffeContext } from '../context.ts';

/** Dimensions of a blob that others take the place of. */
interface Replaced {
  readonly from: number;
  readonly to: number;
  /** Their new extents: 0 is the old one at its place, −1 what is left. */
  readonly by: readonly number[];
}

/** Replaces some dimensions of a value and keeps those around them. */
function reshaped(c: CaffeContext, x: string, { from, to, by }: Replaced): string {
  const extents = c.extents(x);
  // Where an extent is not known, it is that of the input at this place.
  const parts = [
    ...range(from).map((axis) => ({ extent: extents[axis], axis })),
    ...by.map((extent, i) => ({ extent: extent === 0 ? extents[from + i] : extent, axis: from + i })),
    ...range(extents.length - to).map((i) => ({ extent: extents[to + i], axis: to + i })),
  ];
  if (parts.every(({ extent, axis }, i) => extent !== undefined || axis === i)) {
    return c.reshape(
      x,
      parts.map(({ extent }) => extent ?? 0),
    );
  }
  const shape = c.one('Shape', [x], {});
  const lists = parts.map(({ extent, axis }) =>
    extent === undefined ? c.one('Gather', [shape, c.ints([axis])], { axis: 0 }) : c.ints([extent]),
  );
  return c.reshapeTo(x, c.one('Concat', lists, { axis: 0 }));
}

function flatten(c: CaffeContext): string {
  const x = c.bottom();
  const param = c.param('flatten_param');
  const rank = c.rank(x);
  const [from, end] = [c.axis(param.integer('axis', 1), rank), c.axis(param.integer('end_axis', -1), rank)];
  if (end < from) c.fail(`axis ${from} is behind end_axis ${end}`);
  return reshaped(c, x, { from, to: end + 1, by: [-1] });
}

function reshape(c: CaffeContext): string {
  const x = c.bottom();
  const param = c.param('reshape_param');
  const by = param.message('shape').integers('dim');
  const rank = c.rank(x);
  const [start, axes] = [param.integer('axis', 0), param.integer('num_axes', -1)];
  // Here an axis may be the one behind the last: dimensions are added there.
  const from = start < 0 ? start + rank + 1 : start;
  const to = axes === -1 ? rank : from + axes;
  if (from < 0 || axes < -1 || from > rank || to > rank)
    c.fail(`axis ${start} and num_axes ${axes} are beyond ${rank} dimensions`);
  if (by.some((extent) => extent < -1) || by.filter((extent) => extent === -1).length > 1) {
    c.fail(`shape [${by.join(', ')}] says no extents`);
  }
  if (by.some((extent, i) => extent === 0 && from + i >= rank)) {
    c.fail(`shape [${by.join(', ')}] keeps an extent that a blob of ${rank} dimensions has not`);
  }
  return reshaped(c, x, { from, to, by });
}

/** The order of the dimensions; those that it leaves out follow in theirs. */
function permute(c: CaffeContext): string {
  const x = c.bottom();
  const rank = c.rank(x);
  const order = c.param('permute_param').counts('order');
  if (new Set(order).size < order.length || order.some((axis) => axis >= rank)) {
    c.fail(`order [${order.join(', ')}] is none of ${rank} dimensions`);
  }
  return c.one('Transpose', [x], { perm: [...order, ...range(rank).filter((axis) => !order.includes(axis))] });
}

/** Layers that change extents or their order. */
export const SHAPE = { Flatten: flatten, Reshape: reshape, Permute: permute };
