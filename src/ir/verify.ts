/** Structural checks every graph must pass, and the topological order importers rely on. */
import { GraphError } from '../core/errors.ts';
import type { Graph } from './graph.ts';
import type { Node } from './ops.ts';

/** Throws GraphError on a duplicate definition, a missing tensor, or nodes out of topological order. Returns the graph. */
export function verify(graph: Graph): Graph {
  const defined = new Set<string>();
  const define = (name: string, node?: Node): void => {
    if (name === '') throw new GraphError('a value has no name', at(node));
    if (defined.has(name)) throw new GraphError(`value "${name}" is defined twice`, at(node));
    defined.add(name);
  };
  for (const input of graph.inputs) define(input.name);
  for (const name of graph.initializers.keys()) define(name);
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      if (input !== '' && !defined.has(input)) {
        throw new GraphError(`input "${input}" is not defined before it is used`, at(node));
      }
    }
    for (const output of node.outputs) if (output !== '') define(output, node);
  }
  for (const output of graph.outputs) {
    if (!defined.has(output)) throw new GraphError(`graph output "${output}" is produced by no node`);
  }
  if (graph.outputs.length === 0) throw new GraphError('the graph has no outputs');
  return graph;
}

/**
 * Orders nodes so that each follows its producers, keeping the given order where it is free (Kahn 1962).
 * Throws GraphError naming a missing tensor, or the nodes of a cycle.
 */
export function topologicalOrder(nodes: readonly Node[], available: Iterable<string>): Node[] {
  const ready = new Set(available);
  const producer = new Map<string, number>();
  nodes.forEach((node, i) => {
    for (const out of node.outputs) {
      if (out === '') continue;
      if (ready.has(out) || producer.has(out)) throw new GraphError(`value "${out}" is defined twice`, at(node));
      producer.set(out, i);
    }
  });
  const waiting = Array.from({ length: nodes.length }, () => 0);
  const users = new Map<number, number[]>();
  nodes.forEach((node, i) => {
    for (const input of new Set(node.inputs)) {
      if (input === '' || ready.has(input)) continue;
      const from = producer.get(input);
      if (from === undefined) throw new GraphError(`input "${input}" is produced by no node`, at(node));
      waiting[i] = (waiting[i] ?? 0) + 1;
      const list = users.get(from);
      if (list) list.push(i);
      else users.set(from, [i]);
    }
  });
  return drain(nodes, waiting, users);
}

function drain(nodes: readonly Node[], waiting: number[], users: ReadonlyMap<number, readonly number[]>): Node[] {
  const order: Node[] = [];
  const queue = nodes.map((_, i) => i).filter((i) => waiting[i] === 0);
  for (let head = 0; head < queue.length; head++) {
    const i = queue[head] ?? 0;
    const node = nodes[i];
    if (node) order.push(node);
    for (const user of users.get(i) ?? []) {
      waiting[user] = (waiting[user] ?? 0) - 1;
      if (waiting[user] === 0) queue.push(user);
    }
  }
  if (order.length < nodes.length) {
    const stuck = nodes
      .filter((_, i) => (waiting[i] ?? 0) > 0)
      .slice(0, 5)
      .map((n) => `"${n.name}"`);
    throw new GraphError(`the graph has a cycle through ${stuck.join(', ')}`);
  }
  return order;
}

function at(node: Node | undefined): { node?: string; op?: string } {
  return node ? { node: node.name, op: node.op } : {};
}
