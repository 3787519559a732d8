/** Turns values that follow from constants into initializers: shape arithmetic, weight layouts, ConstantOfShape. */
import type { Graph } from '../../ir/graph.ts';
import type { Node } from '../../ir/ops.ts';
import { finish } from '../../util/pause.ts';
import { removeDeadNodes } from '../dead-nodes.ts';
import { sameArray } from '../../util/arrays.ts';
import { propagating } from '../infer-shapes.ts';

/**
 * The graph with `values` filled, constant nodes gone and their results as initializers. Inference and evaluation are
 * one walk, since each needs the other. What would take long or much memory stays a node: see `Budget`. Throws what
 * `propagate` throws, and pauses where it does. Nodes that `kept` is true of are not evaluated.
 */
export function* foldingConstants(graph: Graph, kept?: (node: Node) => boolean): Generator<void, Graph> {
  const { descs, evaluated, nodes, outputs } = yield* propagating(graph, undefined, kept);
  const described = graph.values.size === descs.size ? graph : { ...graph, values: descs };
  if (sameArray(nodes, graph.nodes)) return removeDeadNodes(described);
  return removeDeadNodes({
    ...described,
    nodes,
    outputs,
    initializers: new Map([...graph.initializers, ...evaluated]),
  });
}

/** What `foldingConstants` gives, without a pause. */
export function foldConstants(graph: Graph): Graph {
  return finish(foldingConstants(graph));
}
