/** The nodes that hold graphs, as nodes of the graph around. */
import { addIf } from './branches.ts';
import { addLoop, addScan, addSequenceMap } from './loops.ts';
import type { GraphProto } from './proto.ts';
import { Merger, type AddNode } from './subgraphs.ts';

/**
 * The graph with the nodes of branches and bodies in place of each If, Loop, Scan and SequenceMap, within these too; the same
 * where it has none. Throws ImportError on graphs that are missing, or take or give another number of values, UnsupportedError
 * on what the engine lacks for them.
 */
export function withoutSubgraphs(graph: GraphProto, opset: number): GraphProto {
  const rows = new Map<string, AddNode>([
    ['If', addIf],
    ['Loop', addLoop],
    ['Scan', (merger, node, around) => addScan(merger, node, around, opset)],
    ['SequenceMap', addSequenceMap],
  ]);
  const has = ({ op, domain }: GraphProto['nodes'][number]): boolean =>
    rows.has(op) && (domain === '' || domain === 'ai.onnx');
  if (!graph.nodes.some(has)) return graph;
  const merger = new Merger(graph, rows);
  for (const node of graph.nodes) merger.add(node, { graph, naming: (name) => name, guarded: false });
  return merger.graph;
}
