/** Turns every value that follows from constants into an initializer: shape arithmetic, weight layouts, ConstantOfShape. */
import type { Graph } from '../../ir/graph.ts';
import { removeDeadNodes } from '../dead-nodes.ts';
import { sameArray } from '../../util/arrays.ts';
import { propagate } from '../infer-shapes.ts';

/**
 * The graph with `values` filled, constant nodes gone and their results as initializers. Inference and evaluation are
 * one walk, since each needs the other. Throws what `propagate` throws.
 */
export function foldConstants(graph: Graph): Graph {
  const { descs, evaluated, nodes } = propagate(graph);
  const described = graph.values.size === descs.size ? graph : { ...graph, values: descs };
  if (sameArray(nodes, graph.nodes)) return removeDeadNodes(described);
  return removeDeadNodes({
    ...described,
    nodes,
    initializers: new Map([...graph.initializers, ...evaluated]),
  });
}
