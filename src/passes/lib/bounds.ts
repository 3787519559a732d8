/** Which extent of a node's outputs depends on data, and the refusal of what operators cannot take. */
import { ShapeError } from '../../core/errors.ts';
import type { BoundedExtent } from '../../ir/graph.ts';
import type { Node } from '../../ir/ops.ts';
import type { Operands } from '../../ops/definition.ts';
import { definitionOf } from '../../ops/registry.ts';

/** The extent of the outputs that depends on data because one of the inputs does. */
export function boundOf(node: Node, inputs: Operands): BoundedExtent | undefined {
  let found: BoundedExtent | undefined;
  if (definitionOf(node.op).counted) return found;
  for (const [i, input] of inputs.entries()) {
    if (!input?.bounded) continue;
    const { axis: from, count } = input.bounded;
    const axis = definitionOf(node.op).bounded?.(node, i, from, inputs);
    if (axis === null) continue;
    if (axis === undefined || (found && (found.axis !== axis || found.count !== count))) throw refusal(node, i, inputs);
    found = { axis, count };
  }
  return found;
}

/** What an operator cannot take: an extent that depends on data, or several that need not be equal. */
function refusal(node: Node, input: number, inputs: Operands): ShapeError {
  const [counts, { axis = 0, count = '' } = {}] = [boundedBy(inputs), inputs[input]?.bounded];
  const what = `dimension ${axis} of input ${input} depends on the data ("${count}")`;
  const why = counts.length > 1 ? `and meets others: ${counts.map((c) => `"${c}"`).join(', ')} may differ` : undefined;
  return new ShapeError(`${what}, ${why ?? `which ${node.op} cannot take`}`, {
    hint: 'End the model before this node: outputs with such an extent come at their true size',
  });
}

function boundedBy(inputs: Operands): string[] {
  return [...new Set(inputs.flatMap((operand) => operand?.bounded?.count ?? []))];
}
