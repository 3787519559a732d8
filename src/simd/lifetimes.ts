/** What needs memory of its own in a run, and from which node to which. */
import { hostBytes } from '../core/dtype.ts';
import { elementCount, type TensorDesc } from '../core/tensor.ts';
import { valuesThatLeave, type Graph } from '../ir/graph.ts';
import { scratchKey, valueKey } from '../ir/memory-keys.ts';
import { descOf } from '../ir/rewrite.ts';
import type { Span } from './arena.ts';
import type { SimdCall } from './definition.ts';

/** Bytes of a value's elements. */
export function bytesOfValue({ dtype, shape }: TensorDesc): number {
  return elementCount(shape) * hostBytes(dtype);
}

/** Spans of the values that are computed or fed, by `valueKey`, and of the scratch memory of nodes, by `scratchKey`. */
export function spansOf(
  graph: Graph,
  rootOf: (name: string) => string,
  lowered: readonly (readonly SimdCall[] | undefined)[],
): Map<string, Span> {
  const spans = new Map<string, Span>();
  const touch = (key: string, bytes: number, position: number): void => {
    const known = spans.get(key);
    spans.set(key, { bytes, from: known?.from ?? position, to: Math.max(known?.to ?? position, position) });
  };
  const touchValue = (name: string, position: number): void => {
    const root = rootOf(name);
    if (root === '' || graph.initializers.has(root)) return;
    const desc = descOf(graph, root);
    touch(valueKey(root), bytesOfValue(desc), position);
    // Whoever reads such a value is told its true extent.
    const count = graph.values.get(name)?.bounded?.count;
    if (count !== undefined) touchValue(count, position);
  };
  for (const { name } of graph.inputs) touchValue(name, -1);
  graph.nodes.forEach(({ inputs, outputs }, position) => {
    for (const name of [...inputs, ...outputs]) touchValue(name, position);
    for (const { operands } of lowered[position] ?? []) {
      for (const operand of operands) {
        if (operand.kind === 'scratch') touch(scratchKey(position, operand.id), operand.bytes, position);
      }
    }
  });
  for (const name of valuesThatLeave(graph)) touchValue(name, graph.nodes.length);
  return spans;
}
