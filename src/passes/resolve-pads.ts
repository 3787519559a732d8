/** Replaces automatic padding by the pads it means for the inferred extents: kernels see explicit pads only. */
import type { Graph } from '../ir/graph.ts';
import type { Node } from '../ir/ops.ts';
import { definitionOf } from '../ops/registry.ts';
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
  const descs = inputs.map((name) => (name === '' ? undefined : rewriter.desc(name)));
  const spatial = at(descs, 0)?.shape.slice(1, -1) ?? [];
  const kernel = (definitionOf(op).sees?.(node, descs, []) ?? []).map((window) => window.kernel);
  const explicit = { pads: resolvePads(attributes, spatial, kernel), padMode: 'explicit' } as const;
  return rewriter.add(op, inputs, { ...attributes, ...explicit }, node);
}
