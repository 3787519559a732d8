/** If, whose branches are graphs: see `subgraphs.ts`. */
import type { NodeProto } from './proto.ts';
import { invalid, type Merger, type Within } from './subgraphs.ts';

/** Adds the nodes of both branches, and one If an output: condition, then, otherwise → value. */
export function addIf(merger: Merger, node: NodeProto, around: Within): void {
  const inputs = node.inputs.map(around.naming);
  const outputs = node.outputs.map(around.naming);
  // Without branches it is refused later on.
  if (node.attributes.length === 0) return merger.push({ ...node, inputs, outputs }, around);
  const [then, otherwise] = ['then_branch', 'else_branch'].map((attribute): string[] => {
    const branch = merger.within(node, attribute, around, { guarded: true });
    const given = branch.graph.outputs.length;
    if (given !== outputs.length) {
      throw invalid(node, `${attribute} gives ${given} values, the node names ${outputs.length}`);
    }
    return merger.fill(branch);
  });
  outputs.forEach((output, i) => {
    const chosen = [inputs[0] ?? '', then?.[i] ?? '', otherwise?.[i] ?? ''];
    if (output !== '') merger.push({ ...node, inputs: chosen, outputs: [output], attributes: [] }, around);
  });
}
