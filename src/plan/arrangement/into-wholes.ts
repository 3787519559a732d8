/**
 * Values written straight to where they are wanted: what moves into a whole (the operands of a Concat into the concatenated
 * tensor, that of a ChannelShuffle in shuffled order). From the last node to the first, so that what is nested ends in the
 * outermost.
 */
import { channelsOf } from '../../core/placement.ts';
import { elementCount } from '../../core/tensor.ts';
import { descOf } from '../../ir/rewrite.ts';
import type { Node } from '../../ir/ops.ts';
import { placePart } from '../../kernels/lib/placements.ts';
import { at, range } from '../../util/arrays.ts';
import type { Draft } from './draft.ts';
import { deinterleaved } from './placements.ts';
import { movementOf } from './values.ts';

/** Places what moves into a whole. */
export function placeIntoWholes(draft: Draft): void {
  for (const node of [...draft.graph.nodes].reverse()) {
    for (const name of node.outputs) if (name !== '') deinterleave(draft, name);
    const moves = movementOf(node.op);
    const whole = draft.at(node.outputs[0]);
    if (moves?.whole !== 'output' || !whole) continue;
    // Placing its operands does not change where the whole lies.
    const context = draft.context(node);
    for (const input of largestFirst(draft, node)) {
      const name = at(node.inputs, input);
      const placement = moves.place(context, input);
      if (!placement || staysInside(draft, name) || !draft.canBeWritten(name, placement)) continue;
      draft.place(name, whole.root, placement);
    }
  }
}

function largestFirst(draft: Draft, { inputs }: Node): number[] {
  const sizes = inputs.map((name) => elementCount(descOf(draft.graph, name).shape));
  return range(inputs.length).sort((a, b) => at(sizes, b) - at(sizes, a));
}

/**
 * True for a part of another value that can stay inside it: it costs one copy to bring it here, and would cost one to
 * take it out.
 */
function staysInside(draft: Draft, name: string): boolean {
  const source = draft.sourceOf(name);
  const producer = draft.producerOf(source);
  const moves = producer && movementOf(producer.op);
  if (!producer || moves?.whole !== 'input') return false;
  const placement = moves.place(draft.context(producer), producer.outputs.indexOf(source));
  return placement !== undefined && draft.canBeRead(source, placement);
}

/**
 * A value that is only taken apart again, every g-th channel to each of several strided Slices, is written with those
 * channels together, so that each Slice is packed: how ShuffleNet v2 units are often exported.
 */
function deinterleave(draft: Draft, name: string): void {
  const { shape } = descOf(draft.graph, name);
  const readers = draft.readersOf(name);
  if (readers.length === 0 || draft.isOutput(name) || draft.isMoved(name)) return;
  const slices = readers.map(({ node, input }) => {
    const moves = movementOf(node.op);
    const part = input === 0 && moves?.whole === 'input' ? moves.part?.(draft.context(node), 0) : undefined;
    return part && { part, output: at(node.outputs, 0) };
  });
  const groups = slices[0]?.part.steps.at(-1) ?? 1;
  if (groups < 2 || channelsOf(shape) % groups !== 0) return;
  const placement = deinterleaved(shape, groups);
  const all = slices.every((slice) => {
    const to = slice && placePart(slice.part, placement);
    return to !== undefined && slice?.part.steps.at(-1) === groups && draft.canBeRead(slice.output, to);
  });
  if (all && draft.canBeWritten(name, placement)) draft.reorder(name, placement);
}
