/** Describes every value of a graph with static inputs, and evaluates what does not depend on them. */
import { GraphError, ShapeError } from '../core/errors.ts';
import { lazy } from '../core/on-demand.ts';
import { elementCount, type Tensor } from '../core/tensor.ts';
import type { Graph, ValueDesc } from '../ir/graph.ts';
import type { Node } from '../ir/ops.ts';
import { finish } from '../util/pause.ts';
import { Budget, weightsOf, type Allowance } from './lib/budget.ts';
import { asOperand, evaluateNode, inferNode, withList, type ConstantOperand } from './lib/evaluate.ts';

/** To be loaded before a graph that `hasBranches` is compiled. */
export const BRANCHES = lazy(
  () => import('./control/demanded-nodes.ts').then((part) => part.withControlOps(part)),
  'DemandedNodes',
);

/** To be loaded before a graph that `hasDataExtents` is compiled. */
export const DATA_EXTENTS = lazy(
  () => import('./extents/data-extents.ts').then((part) => part.withWritten(part)),
  'dataExtents',
);

/** True when an extent may depend on data. */
export function hasDataExtents({ nodes }: Graph): boolean {
  return nodes.some(({ op }) => /^(Non|Com|Uniq)/.test(op));
}

/** True when what the graph computes may depend on a condition, or it has loops or lists of tensors. */
export function hasBranches({ nodes }: Graph): boolean {
  return nodes.some(({ op }) => /^(If|Loop|Seq)/.test(op));
}

/** What a walk over the graph finds. */
export interface KnownValues {
  /** The description of every value. */
  readonly descs: ReadonlyMap<string, ValueDesc>;
  /** Elements of values that follow from constants and that a remaining node or the caller still reads. */
  readonly evaluated: ReadonlyMap<string, Tensor>;
  /** The nodes whose outputs are not all evaluated; those of the graph, but for lists that are attributes now. */
  readonly nodes: readonly Node[];
  /** Those of the graph, with the tensors of a list in place of each list. */
  readonly outputs: readonly string[];
}

/**
 * Walks the nodes once, inferring shapes and evaluating whatever is constant and within the budget. Of branches only what may be
 * taken is looked at. What `kept` is true of stays a node. Intermediate constants are dropped as soon as no later node reads
 * them. Pauses after each node. Errors name the node.
 */
export function* propagating(
  graph: Graph,
  allowance?: Allowance,
  kept: (node: Node) => boolean = () => false,
): Generator<void, KnownValues> {
  const descs = new Map<string, ValueDesc>(inputDescs(graph));
  for (const [name, { dtype, shape }] of graph.initializers) descs.set(name, { dtype, shape });
  let weights: ReadonlySet<string> | undefined;
  const budget = new Budget(graph, allowance, (name) => (weights ??= weightsOf(graph)).has(name));
  const evaluated = new Map<string, Tensor>();
  const nodes: Node[] = [];
  const needed = new Set(graph.outputs);
  const lastReader = new Map<string, Node>();
  const branching = hasBranches(graph);
  const expand = hasDataExtents(graph) && DATA_EXTENTS.get();
  // Where nodes are looked at in another order than they are in, or others with them, none is known to be the last.
  if (!branching && !expand)
    for (const node of graph.nodes) for (const input of node.inputs) lastReader.set(input, node);
  const constant = (name: string): Tensor | undefined => evaluated.get(name) ?? graph.initializers.get(name);
  const define = (name: string, value: Tensor): void => {
    evaluated.set(name, value);
    // An extent that depended on data is known with the data.
    descs.set(name, { dtype: value.dtype, shape: value.shape });
  };
  const operandsOf = ({ name: node, op, inputs }: Node): ConstantOperand[] =>
    inputs.map((name) => {
      if (name === '') return undefined;
      const desc = descs.get(name);
      if (!desc) throw new GraphError(`input "${name}" is not defined`, { node, op });
      return asOperand(desc, constant(name));
    });
  const walk = { constant, define, operandsOf };
  const ordered = branching ? new (BRANCHES.get())(graph, walk) : graph;
  for (const given of expand ? expand(graph, ordered.nodes, walk) : ordered.nodes) {
    const operands = operandsOf(given);
    const node = withList(given, operands);
    const inputs = operands.slice(0, node.inputs.length);
    const outputs = inferNode(node, inputs);
    node.outputs.forEach((name, i) => {
      const desc = outputs[i];
      if (name !== '' && desc) descs.set(name, desc);
    });
    const results = kept(node) ? undefined : evaluateNode(node, inputs, outputs, budget);
    if (results) {
      node.outputs.forEach((name, i) => {
        const result = results[i];
        if (name !== '' && result) define(name, result);
      });
    } else {
      nodes.push(node);
      for (const name of node.inputs) needed.add(name);
    }
    for (const name of given.inputs) if (lastReader.get(name) === given && !needed.has(name)) evaluated.delete(name);
    yield;
  }
  return { descs, evaluated, nodes, outputs: ordered.outputs };
}

/** What `propagating` finds, without a pause. */
export function propagate(graph: Graph, allowance?: Allowance): KnownValues {
  return finish(propagating(graph, allowance));
}

/** The graph with `values` filled. */
export function inferShapes(graph: Graph): Graph {
  return { ...graph, values: propagate(graph).descs };
}

function inputDescs(graph: Graph): [string, ValueDesc][] {
  return graph.inputs.map(({ name, dtype, shape }) => {
    const extents = shape.map((d) => {
      if (typeof d === 'number') return d;
      throw new ShapeError(`dimension "${d}" of input "${name}" is not bound`, {
        hint: `Pass inputShapes with an extent for each dimension`,
      });
    });
    elementCount(extents);
    return [name, { dtype, shape: extents }];
  });
}
