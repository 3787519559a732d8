/** Replaces automatic padding by the pads it means for the inferred extents: kernels see explicit pads only. */
import type { Graph } from '../ir/graph.ts';
import type { Node } from '../ir/ops.ts';
import { resolvePads } from '../ops/lib/window.ts';
import { at } from '../util/arrays.ts';
import { rewrite, type Rewriter } from './lib/rewriter.ts';

/** The graph with `padMode: 'explicit'` on every window. Throws ShapeError where a window does not fit. */
export function resolvePadding(graph: Graph): Graph {
  return rewrite(graph, rule);
}

function rule(node: Node, rewriter: Rewriter): readonly string[] | undefined {
  const { op, inputs, attributes } = node;
  if (!('padMode' in attributes) || attributes.padMode === 'explicit') return undefined;
  const spatial = rewriter.desc(at(inputs, 0)).shape.slice(1, -1);
  // A window's extents are an attribute, or those of its weights `[…K, C, M]`.
  const kernel = 'kernel' in attributes ? attributes.kernel : rewriter.desc(at(inputs, 1)).shape.slice(0, -2);
  const explicit = { pads: resolvePads(attributes, spatial, kernel), padMode: 'explicit' } as const;
  return rewriter.add(op, inputs, { ...attributes, ...explicit }, node);
}
