/** Turns every value that follows from constants into an initializer: shape arithmetic, weight layouts, ConstantOfShape. */
import type { Graph } from '../../ir/graph.ts';
import { removeDeadNodes } from '../dead-nodes.ts';
import { propagate } from '../infer-shapes.ts';

/**
 * The graph with `values` filled, constant nodes gone and their results as initializers. Inference and evaluation are
 * one walk, since each needs the other. Throws what `propagate` throws.
 */
export function foldConstants(graph: Graph): Graph {
  const { descs, evaluated, vanished } = propagate(graph);
  const described = graph.values.size === descs.size ? graph : { ...graph, values: descs };
  if (vanished.size === 0) return removeDeadNodes(described);
  return removeDeadNodes({
    ...described,
    nodes: graph.nodes.filter((n) => !vanished.has(n)),
    initializers: new Map([...graph.initializers, ...evaluated]),
  });
}
