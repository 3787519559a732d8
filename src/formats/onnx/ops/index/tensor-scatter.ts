/** TensorScatter: a cache in which each sequence of a batch is written on from a place of its own. */
import { normalizeAxis } from '../../../../core/broadcast.ts';
import { range } from '../../../../util/arrays.ts';
import type { OnnxNode } from '../../node.ts';

/** Along the axis places go on from the front again where it is circular; else what goes outside is left out. */
export function tensorScatter(n: OnnxNode): string {
  const mode = n.attr.choice('mode', 'linear', ['linear', 'circular']);
  const rank = n.rank(0);
  const axis = normalizeAxis(n.attr.int('axis', -2), rank);
  if (axis === 0) n.fail('the axis is that of the batch');
  const [cache, update] = [n.input(0), n.input(1)];
  const extent = (x: string): string =>
    n.one('Gather', [n.one('Shape', [x], {}), n.scalar('int64', axis)], { axis: 0 });
  const [zero, room] = [n.scalar('int64', 0), extent(cache)];
  const steps = n.one('Range', [zero, extent(update), n.scalar('int64', 1)], {});
  const behind = n.one('Unsqueeze', [steps], { axes: range(rank - 1 - axis).map((i) => i + 1) });
  const given = n.optional(2);
  const start = given === '' ? zero : n.one('Unsqueeze', [given], { axes: range(rank - 1).map((i) => i + 1) });
  const sum = n.binary('add', start, behind);
  const places =
    mode === 'circular'
      ? n.binary('floorMod', sum, room)
      : n.one('Where', [n.binary('less', sum, zero), room, sum], {});
  const indices = n.one('Expand', [places, n.one('Shape', [update], {})], {});
  return n.one('ScatterElements', [cache, indices, update], { axis, reduction: 'none' });
}
