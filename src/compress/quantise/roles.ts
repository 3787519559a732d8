/** What becomes of each operator when a graph is quantised: which of its operands are integers, and with whose scale. */
import { isFloat } from '../../core/dtype.ts';
import type { Graph } from '../../ir/graph.ts';
import type { Node, NodeOf, OpKind } from '../../ir/ops.ts';
import { at, range } from '../../util/arrays.ts';

/** Constant weights: integers without a zero point, with a scale for each channel or for all. */
export interface WeightSlot {
  readonly slot: number;
  /** The dimension of output channels; undefined where there can be one scale only. */
  readonly axis: number | undefined;
  /** Where the bias is, whose integers have the scale of the products; −1 of a product without. */
  readonly bias: number;
}

/** How a node is computed on integers. */
export interface Role {
  /**
   * `product`: integer products, for whose sake a graph is quantised; `function`: of operands that are integers anyway;
   * `movement`: gives elements of its operands, or what lies between them, and so has their scale.
   */
  readonly kind: 'product' | 'function' | 'movement';
  /** Inputs that are activations, constants among them. */
  readonly operands: readonly number[];
  readonly weights?: WeightSlot;
}

type RoleOf<K extends OpKind> = { role(node: NodeOf<K>, graph: Graph): Role | undefined }['role'];

const movement: Role = { kind: 'movement', operands: [0] };
const simple: Role = { kind: 'function', operands: [0] };

const ROLES: { readonly [K in OpKind]?: RoleOf<K> } = {
  Conv: ({ inputs }, graph) => (inputs[3] || inputs[4] ? undefined : convolution(-1, inputs, graph)),
  // Of several groups the output channels are no dimension of the weights as ONNX has them.
  ConvTranspose: ({ inputs, attributes }, graph) => convolution(attributes.group === 1 ? -1 : undefined, inputs, graph),
  Gemm: ({ inputs, attributes }, graph) => {
    if (!graph.initializers.has(inputs[1] ?? '') || attributes.alpha !== 1 || attributes.beta !== 1) return undefined;
    if (inputs[2] && !isVector(inputs[2], graph)) return undefined;
    return { kind: 'product', operands: [0], weights: { slot: 1, axis: attributes.transB ? 0 : 1, bias: 2 } };
  },
  MatMul: ({ inputs: [, b = '', bias], attributes }, graph) => {
    const weights = graph.initializers.get(b);
    if (bias) return undefined;
    if (!weights) return { kind: 'product', operands: [0, 1] };
    const axis = weights.shape.length === 2 ? (attributes.transB ? 0 : 1) : undefined;
    return { kind: 'product', operands: [0], weights: { slot: 1, axis, bias: -1 } };
  },
  Binary: ({ attributes: { kind } }) =>
    kind === 'add' || kind === 'mul' ? { kind: 'function', operands: [0, 1] } : undefined,
  Activation: () => simple,
  AveragePool: () => simple,
  GlobalAveragePool: () => simple,
  Reduce: ({ attributes: { kind } }) => (kind === 'mean' ? simple : undefined),
  PRelu: ({ inputs: [, slope = ''] }, graph) =>
    graph.initializers.has(slope) ? { kind: 'function', operands: [0, 1] } : undefined,
  MaxPool: () => movement,
  GlobalMaxPool: () => movement,
  Reshape: () => movement,
  Flatten: () => movement,
  Squeeze: () => movement,
  Unsqueeze: () => movement,
  Identity: () => movement,
  Transpose: () => movement,
  Split: () => movement,
  Slice: () => movement,
  Gather: () => movement,
  Expand: () => movement,
  Tile: () => movement,
  ChannelShuffle: () => movement,
  Concat: ({ inputs }) => ({ kind: 'movement', operands: range(inputs.length) }),
  // Zero is an integer of every scale; another number need not be one.
  Pad: ({ inputs: [, , value], attributes: { mode } }, graph) =>
    mode !== 'constant' || !value || graph.initializers.get(value)?.data[0] === 0 ? movement : undefined,
  // A cubic filter gives more than its operands.
  Resize: ({ attributes: { mode } }) => (mode === 'cubic' ? undefined : movement),
};

/** A bias of as many elements as the result has columns. */
function isVector(bias: string, graph: Graph): boolean {
  const shape = graph.initializers.get(bias)?.shape;
  return shape?.length === 1 && at(shape, 0) > 1;
}

function convolution(axis: number | undefined, inputs: readonly string[], graph: Graph): Role | undefined {
  const [, w = '', bias] = inputs;
  const rank = graph.initializers.get(w)?.shape.length;
  if (rank === undefined || (bias && !graph.initializers.has(bias))) return undefined;
  return {
    kind: 'product',
    operands: [0],
    weights: { slot: 1, axis: axis === undefined ? undefined : rank + axis, bias: 2 },
  };
}

/** What a node is on integers; undefined where it has to stay as it is. `graph` is one of level `folded`. */
export function roleOf<K extends OpKind>(node: NodeOf<K>, graph: Graph): Role | undefined {
  const dtypes = node.outputs.map((name) => graph.values.get(name)?.dtype);
  if (!dtypes.every((dtype) => dtype !== undefined && isFloat(dtype))) return undefined;
  const rule: RoleOf<K> | undefined = ROLES[node.op];
  return rule?.(node, graph);
}

/** Whether what follows may become the bounds of the node's integers: of what moves elements the bounds are given. */
export function takesBounds(node: Node, role: Role): boolean {
  return role.kind !== 'movement' && node.outputs.length === 1;
}
