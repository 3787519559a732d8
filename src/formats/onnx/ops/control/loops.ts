/** Loops, whose bodies are nodes of the graph by now: see `formats/onnx/loops.ts`, where the attributes are made. */
import type { Slices } from '../../../../ir/ops.ts';
import { range } from '../../../../util/arrays.ts';
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
