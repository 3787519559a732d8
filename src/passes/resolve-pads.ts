/** Replaces automatic padding by the pads it means for the inferred extents: kernels see explicit pads only. */
import type { Graph } from '../ir/graph.ts';
import type { Node } from '../ir/ops.ts';
import { resolvePads } from '../ops/lib/window.ts';
import { at } from '../util/arrays.ts';
import { rewrite, type Rewriter } from './lib/rewriter.ts';

/** The graph with `padMode: 'explicit'` on every convolution and pool. Throws ShapeError where a window does not fit. */
export function resolvePadding(graph: Graph): Graph {
  return rewrite(graph, rule);
}

function rule(node: Node, rewriter: Rewriter): readonly string[] | undefined {
  if (node.op !== 'Conv' && node.op !== 'MaxPool' && node.op !== 'AveragePool') return undefined;
  if (node.attributes.padMode === 'explicit') return undefined;
  const spatial = rewriter.desc(at(node.inputs, 0)).shape.slice(1, -1);
  const kernel = node.op === 'Conv' ? rewriter.desc(at(node.inputs, 1)).shape.slice(0, -2) : node.attributes.kernel;
  const explicit = { pads: resolvePads(node.attributes, spatial, kernel), padMode: 'explicit' } as const;
  return rewriter.add(node.op, node.inputs, { ...node.attributes, ...explicit }, node);
}
