/** Shape inference and evaluation of one node, with errors that name it. */
import { GraphError, ImportError, ShapeError, TilewiseError, type ErrorDetail } from '../../core/errors.ts';
import { fillOf, rearranged } from '../../core/lazy-tensor.ts';
import { lazy } from '../../core/on-demand.ts';
import { elementCount, type Tensor, type TensorDesc } from '../../core/tensor.ts';
import type { ValueDesc } from '../../ir/graph.ts';
import { nodeOf } from '../../ir/is-op.ts';
import type { Node } from '../../ir/ops.ts';
import type { Operand, Operands } from '../../ops/definition.ts';
import { knownInts } from '../../ops/lib/operands.ts';
import { stridedCopy } from '../../ops/lib/strided.ts';
import { definitionOf, runReference } from '../../ops/registry.ts';
import type { Budget } from './budget.ts';

/** Which extent of outputs depends on data: there with what stands for nodes along such extents. */
export const BOUND_OF = lazy(() => import('./bounds.ts'), 'boundOf');

/**
 * Descriptions of a node's outputs. Errors keep their class and gain the node's name and operator; that an operator cannot
 * take an extent that depends on data is a ShapeError, too.
 */
export function inferNode(node: Node, inputs: Operands): readonly ValueDesc[] {
  const bounded = located(node, () =>
    inputs.some((input) => input?.bounded) ? BOUND_OF.get()(node, inputs) : undefined,
  );
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

/**
 * A node's results when they follow from what is known while compiling and the budget allows for them, else undefined. Throws
 * ShapeError where an integer of 64 bits leaves the 32 of the engine: of a shape it would be another.
 */
export function evaluateNode(
  node: Node,
  inputs: readonly ConstantOperand[],
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
  if (!budget.allows(node, inputs, outputs)) return undefined;
  return located(node, () => weightsInOrder(node, values[0], outputs) ?? runReference(node, values, outputs));
}

/** Elements of which there are more are rearranged when somebody reads them. */
const FEW = 1024;

/** Weights that a node only rearranges: whoever arranges them for a kernel reads them in the order of the file. */
function weightsInOrder(node: Node, x: Tensor | undefined, [y]: readonly TensorDesc[]): readonly Tensor[] | undefined {
  const { rearranges } = definitionOf(node.op);
  if (!rearranges || !x || !y || elementCount(x.shape) < FEW) return undefined;
  const strides = rearranges(node, x);
  return [rearranged(x, y.shape, strides, () => stridedCopy(x, y.shape, strides).data)];
}

/** What is known of a value, as an operand. Inference does not see a fill: it may have any number of elements. */
export function asOperand({ dtype, shape, bounded }: ValueDesc, constant: Tensor | undefined): KnownOperand {
  return { dtype, shape, bounded, value: fillOf(constant) ? undefined : constant, constant };
}

interface KnownOperand extends Operand {
  readonly constant: Tensor | undefined;
}

/** An operand that may be a constant, or absent. */
export type ConstantOperand = KnownOperand | undefined;

/** What the action gives; its errors name the node, and keep their class. */
export function located<T>(node: Node, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof TilewiseError) || error.detail.node) throw error;
    const detail: ErrorDetail = { ...error.detail, ...where(node), cause: error };
    const Kind = [ShapeError, GraphError, ImportError].find((kind) => error instanceof kind);
    throw Kind ? new Kind(error.reason, detail) : new TilewiseError(error.code, error.reason, detail);
  }
}

function where(node: Node): { node: string; op: string } {
  return { node: node.name, op: node.op };
}
