/** Shape inference and evaluation of one node, with errors that name it. */
import { GraphError, ImportError, ShapeError, TilewiseError, type ErrorDetail } from '../../core/errors.ts';
import { fillOf } from '../../core/lazy-tensor.ts';
import type { Tensor, TensorDesc } from '../../core/tensor.ts';
import type { BoundedExtent, ValueDesc } from '../../ir/graph.ts';
import { nodeOf } from '../../ir/is-op.ts';
import type { Node } from '../../ir/ops.ts';
import type { Operand, Operands } from '../../ops/definition.ts';
import { knownInts } from '../../ops/lib/operands.ts';
import { definitionOf, runReference } from '../../ops/registry.ts';
import type { Budget } from './budget.ts';

/**
 * Descriptions of a node's outputs. Errors keep their class and gain the node's name and operator; that an operator cannot
 * take an extent that depends on data is a ShapeError, too.
 */
export function inferNode(node: Node, inputs: Operands): readonly ValueDesc[] {
  const bounded = located(node, () => boundOf(node, inputs));
  const inferred = located(node, () => definitionOf(node.op).infer(node, inputs));
  const descs = inferred.map(({ dtype, shape, bounded: own = bounded }): ValueDesc => {
    return own ? { dtype, shape, bounded: own } : { dtype, shape };
  });
  if (descs.length < node.outputs.length) {
    throw new GraphError(`${node.op} has ${descs.length} outputs, the node names ${node.outputs.length}`, where(node));
  }
  return descs;
}

/** The node with an attribute in place of the list that a file computes: see `OpDefinition.listed`. */
export function withList(node: Node, inputs: Operands): Node {
  const { listed } = located(node, () => definitionOf(node.op));
  const [x = '', list = ''] = node.inputs;
  if (!listed || list === '') return node;
  const attributes = listed(
    node.attributes,
    located(node, () => knownInts(inputs, 1, 'the list of input 1')),
  );
  return nodeOf({ ...node, inputs: [x], attributes });
}

/** The node with the count of an extent that depends on data beside it, where it asks for that. */
export function withCount(node: Node, inputs: Operands): Node {
  const { counted } = located(node, () => definitionOf(node.op));
  const [x = ''] = node.inputs;
  const bounded = inputs[0]?.bounded;
  if (!counted || !bounded) return node;
  return nodeOf({ ...node, inputs: [x, bounded.count], attributes: counted(bounded.axis) });
}

/** The extent of the outputs that depends on data because one of the inputs does. */
function boundOf(node: Node, inputs: Operands): BoundedExtent | undefined {
  let found: BoundedExtent | undefined;
  if (definitionOf(node.op).counted) return found;
  for (const [i, input] of inputs.entries()) {
    if (!input?.bounded) continue;
    const { axis: from, count } = input.bounded;
    const axis = definitionOf(node.op).bounded?.(node, i, from, inputs);
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

/** A node's results when they follow from what is known while compiling and the budget allows for them, else undefined. */
export function evaluateNode(
  node: Node,
  inputs: readonly (ConstantOperand | undefined)[],
  outputs: readonly TensorDesc[],
  budget: Budget,
): readonly Tensor[] | undefined {
  const { fold } = definitionOf(node.op);
  const folded = fold && located(node, () => fold(node, inputs));
  if (folded) return [folded];
  const values = inputs.map((input) => input?.constant);
  if (inputs.some((input) => input && !input.constant)) return undefined;
  const fill = budget.fill(node, values[0], outputs[0]);
  if (fill) return [fill];
  return budget.allows(node, inputs, outputs) ? located(node, () => runReference(node, values, outputs)) : undefined;
}

/** What is known of a value, as an operand. Inference does not see a fill: it may have any number of elements. */
export function asOperand({ dtype, shape, bounded }: ValueDesc, constant: Tensor | undefined): ConstantOperand {
  return { dtype, shape, bounded, value: fillOf(constant) ? undefined : constant, constant };
}

/** An operand that may be a constant. */
interface ConstantOperand extends Operand {
  readonly constant: Tensor | undefined;
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
