/** What two nodes must have in common for one measurement to serve both. */
import type { Stored } from '../core/storage.ts';
import type { OpKind } from '../ir/ops.ts';
import type { LowerContext } from '../kernels/definition.ts';

/**
 * The operator, its attributes, and the types, storages, shapes and placements of its operands, as text. Names and
 * elements do not matter; whether an input is constant does.
 */
export function nodeSignature(context: LowerContext<OpKind>): string {
  const { node, inputs, outputs } = context;
  return JSON.stringify([
    node.op,
    node.attributes,
    inputs.map((value, i) => [value && operandText(value), context.constant(node.inputs[i] ?? '') ? 1 : 0]),
    outputs.map(operandText),
    inputs.map((_, i) => (context.shares(i, 0) ? 1 : 0)),
  ]);
}

function operandText({ dtype, storage, shape, placement }: Stored): unknown {
  return [dtype, storage, shape, Object.values(placement)];
}
