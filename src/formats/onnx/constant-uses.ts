/** What becomes of constants whose numbers the engine holds otherwise than the file has them. */
import type { Unsupported } from '../../core/errors.ts';
import type { GraphProto, NodeProto } from './proto.ts';

/** Operators that give elements they take, whatever they are: what they give is of the same type. */
const MOVES = new Set(
  (
    'Identity Reshape Flatten Squeeze Unsqueeze Transpose Slice Split Gather GatherND GatherElements Expand Tile Concat ' +
    'Where If DepthToSpace SpaceToDepth'
  ).split(' '),
);

/**
 * Uses of the values that `types` names, with what they are: all but those of which `takes` is true, and movements to them, or
 * what `keeps` says gives more of the type; of the graph's outputs too. `types` gets the names of what that gives.
 */
export function otherUses(
  { nodes, outputs }: Pick<GraphProto, 'nodes' | 'outputs'>,
  types: Map<string, string>,
  takes: (node: NodeProto, value: string) => boolean,
  keeps: (op: string, type: string) => boolean = () => false,
): Unsupported[] {
  const readers = new Map<string, NodeProto[]>();
  for (const node of nodes) {
    for (const input of new Set(node.inputs)) {
      const known = readers.get(input);
      if (known) known.push(node);
      else readers.set(input, [node]);
    }
  }
  const refused: Unsupported[] = [];
  // The map grows while it is walked.
  for (const [value, type] of types) {
    for (const node of readers.get(value) ?? []) {
      const { op, name, outputs: results } = node;
      if (takes(node, value)) continue;
      if (MOVES.has(op) || keeps(op, type)) for (const result of results) types.set(result, type);
      else refused.push({ node: name || (results[0] ?? ''), op, what: `${type} in "${value}"` });
    }
  }
  const given = outputs.filter(({ name }) => types.has(name));
  return [...refused, ...given.map(({ name }) => ({ node: name, op: 'output', what: types.get(name) ?? '' }))];
}
