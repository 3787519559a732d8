/**
 * Values that lie in the memory of others, besides views: results that are a range of what they are copied from, as the parts of a
 * Split are; and operands that are copied to a range of a result, as those of a Concat are. Nothing is copied then.
 */
import type { Graph } from '../ir/graph.ts';
import { descOf } from '../ir/rewrite.ts';
import type { CopiedRun, SimdCall } from './definition.ts';
import { bytesOfValue } from './lifetimes.ts';
import { placeIn, type ValuePlaces } from './views.ts';

/** A run that goes from one value to another. */
interface Move extends CopiedRun {
  readonly source: string;
  readonly target: string;
}

/** Adds the places of what is copied from one value to another to those of views. */
export function settleCopies(
  places: ValuePlaces,
  graph: Graph,
  lowered: readonly (readonly SimdCall[] | undefined)[],
): void {
  // Their memory is written before a run, or is an extent of its own.
  const fixed = new Set([...graph.initializers.keys(), ...graph.inputs.map(({ name }) => name)]);
  const settle = ({ source, target, from, to, bytes }: Move): void => {
    if (bytes === bytesOf(graph, target)) {
      places.set(target, placeIn(places, source, from));
      return;
    }
    const { root } = placeIn(places, source);
    const outer = placeIn(places, target, to);
    // All of the source's memory must be what is copied; it lies in one other place at most.
    const canMove = !fixed.has(root) && bytes === bytesOf(graph, root) && root !== outer.root;
    if (canMove) places.set(root, outer);
  };
  for (const calls of lowered) movesOf(graph, calls ?? []).forEach(settle);
}

/** The calls of a node as moves; nothing unless each is one, and they write every byte of their targets once. */
function movesOf(graph: Graph, calls: readonly SimdCall[]): readonly Move[] {
  const written = new Map<string, number>();
  const moves = calls.flatMap(({ operands: [from, to], run }): Move[] => {
    if (!run || from?.kind !== 'value' || to?.kind !== 'value') return [];
    written.set(to.name, (written.get(to.name) ?? 0) + run.bytes);
    return [{ source: from.name, target: to.name, ...run }];
  });
  const areAll = moves.length === calls.length;
  return areAll && [...written].every(([name, bytes]) => bytes === bytesOf(graph, name)) ? moves : [];
}

function bytesOf(graph: Graph, name: string): number {
  return bytesOfValue(descOf(graph, name));
}
