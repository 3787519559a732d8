/** Every operator's semantics, in one exhaustive table of two parts. */
import { getRow, lazy, loadRow, RowTable } from '../core/on-demand.ts';
import { zeros, type Tensor, type TensorDesc } from '../core/tensor.ts';
import type { Node, OpKind } from '../ir/ops.ts';
import { COMMON_OPS } from './common.ts';
import type { OpDefinition, Reference } from './definition.ts';

/** The operators. */
export const OPS = new RowTable<OpKind, OpDefinition<OpKind>>(
  COMMON_OPS,
  lazy(() => import('./further.ts'), 'FURTHER_OPS'),
);

/** To be awaited before a graph of these operators is compiled. Rejects with LoadError when one cannot be fetched. */
export async function loadOps(ops: Iterable<OpKind>): Promise<void> {
  await Promise.all(Array.from(ops, (op) => OPS.load(op)));
}

/** To be awaited before nodes of these operators are evaluated. Rejects with LoadError when one cannot be fetched. */
export async function loadReferences(ops: Iterable<OpKind>): Promise<void> {
  await Promise.all(Array.from(ops, async (op) => loadRow((await OPS.load(op)).reference)));
}

/** The row of an operator whose name is known only at run time. Throws LoadError when `loadOps` was not called with it. */
export function definitionOf(op: OpKind): OpDefinition<OpKind> {
  return OPS.get(op);
}

/** The reference of such an operator. Throws LoadError when `loadReferences` was not called with it. */
export function referenceOf(op: OpKind): Reference<OpKind> {
  return getRow(definitionOf(op).reference);
}

/**
 * A node's results on tensors, by its operator's reference. Where they have no elements there is nothing to compute, however
 * long an axis beside an empty one is. `wraps` as `Reference` says. Throws as the reference does, and LoadError when `loadReferences` was not called.
 */
export function runReference(
  node: Node,
  inputs: readonly (Tensor | undefined)[],
  outputs: readonly TensorDesc[],
  wraps?: boolean,
): readonly Tensor[] {
  const reference = referenceOf(node.op);
  if (outputs.every(({ shape }) => shape.includes(0))) return outputs.map(({ dtype, shape }) => zeros(dtype, shape));
  return reference(node, inputs, outputs, wraps);
}
