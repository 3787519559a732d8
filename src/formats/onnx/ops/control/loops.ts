/** Loops, whose bodies are nodes of the graph by now: see `formats/onnx/loops.ts`, where the attributes are made. */
import type { Slices } from '../../../../ir/ops.ts';
import { range } from '../../../../util/arrays.ts';
import { checkedCount, reorder } from '../../../lib/composites.ts';
import { LOOP } from '../../loops.ts';
import type { OnnxNode } from '../../node.ts';
import { dtypeOfTensor } from '../../tensor.ts';

/** What each round begins with. */
export function loopEntry(n: OnnxNode): string[] {
  const { carried, slices } = slicing(n);
  const scanned = slices.map((slice) => slice ?? ('each' as const));
  return n.many('LoopEntry', inputsOf(n), { carried, scanned }, 2 + carried + scanned.length);
}

/** What the last round leaves, and what all give. */
export function loopExit(n: OnnxNode): string[] {
  const { carried, slices } = slicing(n);
  const [types, ranks, extents] = [LOOP.types, LOOP.ranks, LOOP.extents].map((name) => n.attr.ints(name) ?? []);
  let from = 0;
  const stacked = slices.map((slice, i) => {
    const facts = n.facts(2 + carried + i);
    const rank = ranks?.[i] ?? -1;
    const said = rank < 0 ? undefined : extents?.slice(from, (from += rank)).map((extent) => Math.max(0, extent));
    const shape = said ?? (facts.rank === undefined ? undefined : range(facts.rank).map(() => 0));
    return slice ? { ...slice, dtype: dtypeOfTensor(types?.[i] ?? 0) ?? facts.dtype, shape } : ('list' as const);
  });
  return n.many('LoopExit', inputsOf(n), { carried, stacked }, carried + stacked.length);
}

/** The first of x, as many as an int64 scalar says; where there are not so many, or fewer than none, it is refused. */
export function scanShorter(n: OnnxNode): string {
  const [x, count] = [n.input(0), n.reshape(n.input(1), [])];
  return n.one('Gather', [x, checkedCount(n, count)], { axis: 0 });
}

/** x, and zeros behind it along the first axis, until it is as long as another. */
export function scanLonger(n: OnnxNode): string {
  const [x, like] = [n.input(0), n.input(1)];
  const shape = n.one('Shape', [x], {});
  const lack = n.binary('sub', reorder(n, n.one('Shape', [like], {}), [0]), reorder(n, shape, [0]));
  const zeros = (count: string): string => n.one('ConstantOfShape', [count], { dtype: 'int64', value: 0 });
  const rank = n.one('Shape', [shape], {});
  const pads = n.one('Concat', [zeros(rank), lack, zeros(n.binary('sub', rank, n.ints([1])))], { axis: 0 });
  return n.one('Pad', [x, pads], { mode: 'constant' });
}

/** How many values are carried, and which slices of the others a round has; none of lists. */
function slicing(n: OnnxNode): { carried: number; slices: (Slices | undefined)[] } {
  const [carried] = n.attr.ints(LOOP.carried) ?? [];
  const [axes, directions] = [n.attr.ints(LOOP.axes), n.attr.ints(LOOP.directions)];
  if (carried === undefined || !axes || !directions) n.fail('body is missing');
  const slices = axes.map((axis, i) => (directions[i] === 2 ? undefined : { axis, reverse: directions[i] === 1 }));
  return { carried, slices };
}

function inputsOf(n: OnnxNode): string[] {
  return range(n.inputCount).map((i) => n.optional(i));
}
