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
  for (const [value, { bounded }] of graph.values) {
    if (bounded && defined.has(value) && !defined.has(bounded.count)) {
      throw new GraphError(`the count "${bounded.count}" of "${value}" is produced by no node`);
    }
  }
  if (graph.outputs.length === 0) throw new GraphError('the graph has no outputs');
  return graph;
}

/**
 * Orders nodes so that each follows its producers, depth first, the earliest given first: an order in which each does
 * already stays as it is. Throws GraphError naming a missing tensor, or the nodes of a cycle.
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
  const producers = nodes.map((node) => {
    const inputs = [...new Set(node.inputs)].filter((input) => input !== '' && !ready.has(input));
    return inputs.map((input) => {
      const from = producer.get(input);
      if (from === undefined) throw new GraphError(`input "${input}" is produced by no node`, at(node));
      return from;
    });
  });
  return depthFirst(nodes, producers);
}

function depthFirst(nodes: readonly Node[], producers: readonly (readonly number[])[]): Node[] {
  const order: Node[] = [];
  const state = nodes.map((): 'new' | 'open' | 'done' => 'new');
  const stack = nodes.map((_, i) => i).reverse();
  for (let i = stack.at(-1); i !== undefined; i = stack.at(-1)) {
    if (state[i] === 'new') {
      state[i] = 'open';
      const missing = (producers[i] ?? []).filter((from) => state[from] !== 'done');
      if (missing.some((from) => state[from] === 'open')) throw cycle(nodes.filter((_, k) => state[k] === 'open'));
      for (const from of missing.reverse()) stack.push(from);
      continue;
    }
    const node = nodes[i];
    if (node && state[i] === 'open') order.push(node);
    state[i] = 'done';
    stack.pop();
  }
  return order;
}

function cycle(nodes: readonly Node[]): GraphError {
  const names = nodes.slice(0, 5).map(({ name }) => `"${name}"`);
  return new GraphError(`the graph has a cycle through ${names.join(', ')}`);
}

function at(node: Node | undefined): { node?: string; op?: string } {
  return node ? { node: node.name, op: node.op } : {};
}
