/** Sums of all elements up to each, or from each on. */
import { range } from '../../../util/arrays.ts';
import type { TfliteTranslation } from '../context.ts';

/** CUMSUM(x, axis): the product with a triangle of ones along the axis, which is made of comparisons when extents are known. */
export const cumsum: TfliteTranslation = (c) => {
  const { exclusive, reverse } = c.options('Cumsum');
  const dtype = c.outputDtype();
  if (dtype !== 'float32') c.refuse(`sums of ${dtype}`);
  const rank = c.shape(0).length;
  const given = c.knownInt(1, 'an axis');
  const axis = given < 0 ? given + rank : given;
  if (axis < 0 || axis >= rank) c.fail(`has axis ${given} of ${rank} dimensions`);
  const last = rank - 1;
  const perm = range(rank).with(axis, last).with(last, axis);
  const swapped = (x: string): string => (axis === last ? x : c.one('Transpose', [x], { perm }));
  const extent = c.one('Gather', [c.one('Shape', [c.input(0)], {}), c.scalar('int64', axis)], { axis: 0 });
  const to = c.one('Range', [c.scalar('int64', 0), extent, c.scalar('int64', 1)], {});
  const from = c.one('Unsqueeze', [to], { axes: [1] });
  const [earlier, later] = reverse ? [to, from] : [from, to];
  const counts = c.one('Cast', [c.binary(exclusive ? 'less' : 'lessOrEqual', earlier, later)], { to: dtype });
  const rows = rank === 1 ? c.reshape(c.input(0), [1, -1]) : swapped(c.input(0));
  const y = c.one('MatMul', [rows, counts], { transA: false, transB: false, activation: c.fused(0) });
  return rank === 1 ? c.reshape(y, [-1]) : swapped(y);
};
