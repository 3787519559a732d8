/** Leaves out what was written in case it was needed: transpositions that nobody reads, constants that were written otherwise. */
import type { OnnxNodeSpec } from './model.ts';

const MAY_GO = new Set(['Transpose', 'Identity', 'DequantizeLinear']);

/**
 * The nodes without those. The node before a transposition gets its name, where its own was made of it: the graph's node is
 * called so.
 */
export function withoutDeadMoves(nodes: readonly OnnxNodeSpec[], outputs: readonly string[]): OnnxNodeSpec[] {
  const needed = new Set(outputs);
  const names = new Map<string, string>();
  const kept: OnnxNodeSpec[] = [];
  for (const node of nodes.toReversed()) {
    const { name, op, inputs } = node;
    if (MAY_GO.has(op) && !node.outputs.some((output) => needed.has(output))) {
      names.set(inputs[0] ?? '', name);
      continue;
    }
    for (const value of readBy(node)) needed.add(value);
    const wanted = names.get(node.outputs[0] ?? '');
    kept.push(wanted !== undefined && name.startsWith(`${wanted}/`) ? { ...node, name: wanted } : node);
  }
  return kept.reverse();
}

/** Names that a node reads, in its subgraphs too. */
export function readBy({ inputs, attributes }: OnnxNodeSpec): string[] {
  return [
    ...inputs,
    ...Object.values(attributes).flatMap((value) => ('g' in value ? value.g.nodes.flatMap(readBy) : [])),
  ];
}
