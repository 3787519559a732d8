/** The CPU backend: walks the nodes in order, calling the reference implementation of each. */
import { GraphError, ShapeError, TilewiseError } from '../../core/errors.ts';
import type { Tensor, TensorDesc } from '../../core/tensor.ts';
import { valuesThatLeave, type Graph, type ValueDesc } from '../../ir/graph.ts';
import type { Node } from '../../ir/ops.ts';
import { runReference } from '../../ops/registry.ts';
import { feedFor } from '../feeds.ts';

/**
 * Evaluates a compiled graph (`graph.values` filled). Every intermediate is freed after its last use; the results share
 * no memory with the feeds, the constants or each other.
 * Throws ShapeError when a feed is missing or misshapen.
 */
export function runGraph(graph: Graph, feeds: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const values = new Map<string, Tensor>(graph.initializers);
  for (const { name } of graph.inputs) values.set(name, feedFor(name, lookup(graph.values, name), feeds.get(name)));
  const lastUse = new Map<string, number>();
  graph.nodes.forEach((node, i) => node.inputs.forEach((name) => lastUse.set(name, i)));
  keepCounts(graph, lastUse);
  for (const name of valuesThatLeave(graph)) lastUse.set(name, graph.nodes.length);
  graph.nodes.forEach((node, i) => {
    runNode(node, values, graph.values).forEach((t, k) => {
      const name = node.outputs[k];
      if (name !== undefined && name !== '') values.set(name, t);
    });
    for (const name of [...node.inputs, ...node.outputs]) if ((lastUse.get(name) ?? i) <= i) values.delete(name);
  });
  const taken = new Set([...graph.initializers.values(), ...feeds.values()].map((t) => t.data.buffer));
  return new Map(graph.outputs.map((name) => [name, unshared(lookup(values, name), taken)]));
}

/** The tensor, copied if its memory is taken; takes it otherwise. Operators that move nothing hand their input on. */
function unshared(tensor: Tensor, taken: Set<ArrayBufferLike>): Tensor {
  if (taken.has(tensor.data.buffer)) return { ...tensor, data: tensor.data.slice() };
  taken.add(tensor.data.buffer);
  return tensor;
}

/** Lets counts live as long as what they count: who reads such a value is told its true extent. */
function keepCounts({ values }: Graph, lastUse: Map<string, number>): void {
  for (const [name, { bounded }] of values) {
    if (!bounded) continue;
    lastUse.set(bounded.count, Math.max(lastUse.get(bounded.count) ?? 0, lastUse.get(name) ?? 0));
  }
}

/** Tensors by name. */
type Values = Pick<ReadonlyMap<string, Tensor>, 'get'>;

/** A description with the extent that depends on data as it is, where that is known by now. */
function actual({ dtype, shape, bounded }: ValueDesc, values: Values): TensorDesc {
  const count = bounded && values.get(bounded.count)?.data[0];
  return { dtype, shape: bounded && count !== undefined ? shape.with(bounded.axis, count) : shape };
}

/** Evaluates one node on tensors by name, of their true extents; integers wrap as they do on a GPU. Errors name the node. */
export function runNode(node: Node, values: Values, descs: ReadonlyMap<string, ValueDesc>): readonly Tensor[] {
  const inputs = node.inputs.map((name) => (name === '' ? undefined : lookup(values, name)));
  const outputs = node.outputs.map((name) =>
    name === '' ? { dtype: 'float32' as const, shape: [0] } : actual(lookup(descs, name), values),
  );
  try {
    return runReference(node, inputs, outputs, true);
  } catch (error) {
    if (error instanceof TilewiseError && !error.detail.node) {
      throw new ShapeError(error.message, { node: node.name, op: node.op, cause: error });
    }
    throw error;
  }
}

function lookup<T>(map: Pick<ReadonlyMap<string, T>, 'get'>, name: string): T {
  const found = map.get(name);
  if (found === undefined) throw new GraphError(`value "${name}" is not available`);
  return found;
}
