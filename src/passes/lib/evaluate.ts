/** Shape inference and evaluation of one node, with errors that name it. */
import { GraphError, ImportError, ShapeError, TilewiseError, type ErrorDetail } from '../../core/errors.ts';
import type { Tensor, TensorDesc } from '../../core/tensor.ts';
import type { Node } from '../../ir/ops.ts';
import type { Operand, Operands } from '../../ops/definition.ts';
import { definitionOf, referenceOf } from '../../ops/registry.ts';

/** Descriptions of a node's outputs. Errors keep their class and gain the node's name and operator. */
export function inferNode(node: Node, inputs: Operands): readonly TensorDesc[] {
  const descs = located(node, () => definitionOf(node.op).infer(node, inputs));
  if (descs.length < node.outputs.length) {
    throw new GraphError(`${node.op} has ${descs.length} outputs, the node names ${node.outputs.length}`, where(node));
  }
  return descs;
}

/** A node's results when they follow from what is known while compiling, else undefined. */
export function evaluateNode(
  node: Node,
  inputs: Operands,
  outputs: readonly TensorDesc[],
): readonly Tensor[] | undefined {
  const { fold } = definitionOf(node.op);
  const folded = fold && located(node, () => fold(node, inputs));
  if (folded) return [folded];
  if (inputs.some((input) => input && !input.value)) return undefined;
  const values = inputs.map((input) => input?.value);
  return located(node, () => referenceOf(node.op)(node, values, outputs));
}

/** What is known of a value, as an operand. */
export function asOperand(desc: TensorDesc, value: Tensor | undefined): Operand {
  return { dtype: desc.dtype, shape: desc.shape, value };
}

function located<T>(node: Node, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof TilewiseError) || error.detail.node) throw error;
    const detail: ErrorDetail = { ...error.detail, ...where(node), cause: error };
    if (error instanceof ShapeError) throw new ShapeError(error.reason, detail);
    if (error instanceof GraphError) throw new GraphError(error.reason, detail);
    if (error instanceof ImportError) throw new ImportError(error.reason, detail);
    throw new TilewiseError(error.code, error.reason, detail);
  }
}

function where(node: Node): { node: string; op: string } {
  return { node: node.name, op: node.op };
}
