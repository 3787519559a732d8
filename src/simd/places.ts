/**
 * Which values lie in the memory of others: views; results that are a range of what they are copied from, as the parts of a Split
 * are; and operands that are copied to a range of a result, as those of a Concat are. Nothing is copied then.
 */
import { VIEWS } from '../ir/facts.ts';
import type { Graph } from '../ir/graph.ts';
import { descOf } from '../ir/rewrite.ts';
import type { CopiedRun, SimdCall } from './definition.ts';
import { bytesOfValue } from './lifetimes.ts';

/** Where a value lies: from a byte on in the memory of another, or of its own. */
export interface ValuePlace {
  readonly root: string;
  readonly offset: number;
}

/** A run that goes from one value to another. */
interface Move extends CopiedRun {
  readonly source: string;
  readonly target: string;
}

/** Gives the place of a value. Only views share memory where not `isShared`. */
export function placesOf(
  graph: Graph,
  lowered: readonly (readonly SimdCall[] | undefined)[],
  isShared: boolean,
): (name: string) => ValuePlace {
  const places = new Map<string, ValuePlace>();
  const placeOf = (name: string): ValuePlace => {
    const place = places.get(name);
    return place ? within(placeOf(place.root), place.offset) : { root: name, offset: 0 };
  };
  // Their memory is written before a run, or is an extent of its own.
  const fixed = new Set([...graph.initializers.keys(), ...graph.inputs.map(({ name }) => name)]);
  const settle = ({ source, target, from, to, bytes }: Move): void => {
    if (bytes === bytesOf(graph, target)) {
      places.set(target, within(placeOf(source), from));
      return;
    }
    const { root } = placeOf(source);
    const outer = placeOf(target);
    // All of the source's memory must be what is copied; it lies in one other place at most.
    const canMove = !fixed.has(root) && bytes === bytesOf(graph, root) && root !== outer.root;
    if (canMove) places.set(root, within(outer, to));
  };
  graph.nodes.forEach(({ op, inputs, outputs }, position) => {
    const [input, output] = [inputs[0], outputs[0]];
    if (VIEWS.has(op) && input && output) places.set(output, placeOf(input));
    else if (isShared) movesOf(graph, lowered[position] ?? []).forEach(settle);
  });
  return placeOf;
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

function within({ root, offset }: ValuePlace, further: number): ValuePlace {
  return { root, offset: offset + further };
}

function bytesOf(graph: Graph, name: string): number {
  return bytesOfValue(descOf(graph, name));
}
