/** The operators of a model as its author counts them: without the Transposes that an importer wraps around them. */
import { CHANNELS_LAST, functionOf, VIEWS } from '../ir/facts.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node } from '../ir/ops.ts';
import { producers } from '../ir/producers.ts';
import { consumers } from '../ir/consumers.ts';
import { sameArray } from '../util/arrays.ts';

/** Counts by operator, most frequent first. Constant-making nodes count: they are in the file. */
export function operatorCounts(graph: Graph): Record<string, number> {
  const readers = consumers(graph);
  const makers = producers(graph);
  const counts = new Map<string, number>();
  for (const node of graph.nodes) {
    if (isWrapper(node, readers, makers) || arrangesWeights(node, graph, readers)) continue;
    const name = nameOf(node);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b)));
}

/** The operator, and which one of its family: `Activation.relu`, `Binary.add`. */
function nameOf(node: Node): string {
  const applied = functionOf(node);
  return applied === undefined ? node.op : `${node.op}.${applied}`;
}

/** Weights that are given the order which operators with windows take: a file has none of it. */
function arrangesWeights(node: Node, { initializers }: Graph, readers: ReadonlyMap<string, readonly Node[]>): boolean {
  const after = readers.get(node.outputs[0] ?? '') ?? [];
  const moves = VIEWS.has(node.op) || 'perm' in node.attributes;
  return moves && node.inputs.every((name) => initializers.has(name)) && after.length > 0 && after.every(takesWeights);
}

/** Operators with windows, and what says what weights in eight bits mean. */
function takesWeights({ attributes }: Node): boolean {
  return 'strides' in attributes || 'blockSize' in attributes;
}

/** Channels-last before a spatial operator, channels-first behind it, or weights turned for it. */
function isWrapper(
  node: Node,
  readers: ReadonlyMap<string, readonly Node[]>,
  makers: ReadonlyMap<string, Node>,
): boolean {
  if (!('perm' in node.attributes)) return false;
  const { perm } = node.attributes;
  const rank = perm.length;
  const inner = Array.from({ length: Math.max(0, rank - 2) }, (_, i) => i);
  const after = readers.get(node.outputs[0] ?? '') ?? [];
  const before = makers.get(node.inputs[0] ?? '');
  const feedsSpatial = after.length > 0 && after.every((reader) => CHANNELS_LAST.has(reader.op));
  if (sameArray(perm, [0, ...inner.map((i) => i + 2), 1])) return feedsSpatial;
  if (sameArray(perm, [...inner.map((i) => i + 2), 1, 0])) return feedsSpatial;
  return (
    sameArray(perm, [0, rank - 1, ...inner.map((i) => i + 1)]) && before !== undefined && CHANNELS_LAST.has(before.op)
  );
}
