/** What two nodes must have in common for one measurement to serve both. */
import type { OpKind } from '../ir/ops.ts';
import type { LowerContext } from '../kernels/definition.ts';

/**
 * The operator, its attributes, and the shapes, storage types and placements of its operands, as text. Names and
 * elements do not matter; whether an input is constant does.
 */
export function nodeSignature(context: LowerContext<OpKind>): string {
  const { node, inputs, outputs, inputPlacements, outputPlacements } = context;
  const operand = (desc: (typeof inputs)[number], placement: (typeof inputPlacements)[number] | undefined): unknown =>
    desc && [desc.dtype, desc.shape, placement && Object.values(placement)];
  return JSON.stringify([
    node.op,
    node.attributes,
    inputs.map((desc, i) => [operand(desc, inputPlacements[i]), context.constant(node.inputs[i] ?? '') ? 1 : 0]),
    outputs.map((desc, i) => operand(desc, outputPlacements[i])),
    inputs.map((_, i) => (context.shares(i, 0) ? 1 : 0)),
  ]);
}
