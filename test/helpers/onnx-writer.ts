/**
 * Exports an IR graph as an ONNX model (opset 20) for the oracle: channels-last spatial operators become
 * Transpose → Op → Transpose, fused activations and residuals become nodes of their own.
 */
import type { Graph } from '../../src/ir/graph.ts';
import type { BinaryKind, Node, NodeOf, OpKind, PoolWindow, ReduceKind, UnaryKind, Window } from '../../src/ir/ops.ts';
import { normalizeAxis } from '../../src/core/broadcast.ts';
import { inferShapes } from '../../src/passes/infer-shapes.ts';
import { at, product, range } from '../../src/util/arrays.ts';
import { tensorOf, type TensorDesc } from '../../src/core/tensor.ts';
import { isFloat } from '../../src/core/dtype.ts';
import { encodeModel, ONNX_DATA_TYPE } from './onnx-bytes.ts';
import { Emitter, toFirst, toLast, type Attributes } from './onnx-emitter.ts';

/** The opset every exported model declares: the first with Gelu, and after Resize-19, Pad-19 and Reduce-18. */
export const EXPORT_OPSET = 20;

/** ONNX bytes of a graph with static input shapes. Values keep their names. */
export function toOnnx(graph: Graph): Uint8Array {
  const emitter = new Emitter(inferShapes(graph).values, graph.initializers);
  for (const node of graph.nodes) writeNode(emitter, node);
  const info = (name: string) => ({ name, ...pick(emitter.desc(name)) });
  return encodeModel({
    opset: EXPORT_OPSET,
    irVersion: 9,
    name: graph.name,
    inputs: graph.inputs.map((i) => info(i.name)),
    // No shapes: ONNX's own inference does not drop ceil-mode windows that start in the padding, its runtimes do.
    outputs: graph.outputs.map((name) => ({ name, dtype: emitter.desc(name).dtype })),
    nodes: emitter.nodes,
    initializers: [...emitter.initializers],
  });
}

const pick = ({ dtype, shape }: TensorDesc): TensorDesc => ({ dtype, shape });

type Writer<K extends OpKind> = (e: Emitter, node: NodeOf<K>) => void;

function writeNode(e: Emitter, node: Node): void {
  const writer = WRITERS[node.op] as Writer<OpKind>;
  writer(e, node);
}

const input = (node: { inputs: readonly string[] }, i: number): string => node.inputs[i] ?? '';
const output = (node: { outputs: readonly string[] }, i = 0): string => at(node.outputs, i);

const AUTO_PAD = { sameUpper: 'SAME_UPPER', sameLower: 'SAME_LOWER' } as const;

function windowAttributes(w: Window, kernel: readonly number[]): Attributes {
  const padding: Attributes =
    w.padMode === 'explicit' ? { pads: { ints: w.pads } } : { auto_pad: { s: AUTO_PAD[w.padMode] } };
  return { kernel_shape: { ints: kernel }, strides: { ints: w.strides }, dilations: { ints: w.dilations }, ...padding };
}

/** Runs `op` on x in channels-first layout and gives the channels-last result the name `to`. */
function spatial(
  e: Emitter,
  op: string,
  inputs: readonly string[],
  attributes: Attributes,
  to: string | undefined,
): string {
  const x = at(inputs, 0);
  const rank = e.desc(x).shape.length;
  const first = e.transpose(x, toFirst(rank));
  return e.transpose(e.emit(op, [first, ...inputs.slice(1)], attributes), toLast(rank), to);
}

const pool =
  (op: 'MaxPool' | 'AveragePool') =>
  (e: Emitter, node: { inputs: readonly string[]; outputs: readonly string[]; attributes: PoolWindow }): void => {
    const { attributes } = node;
    const extra: Attributes =
      'countIncludePad' in attributes ? { count_include_pad: { i: attributes.countIncludePad ? 1 : 0 } } : {};
    spatial(
      e,
      op,
      [input(node, 0)],
      { ...windowAttributes(attributes, attributes.kernel), ceil_mode: { i: attributes.ceilMode ? 1 : 0 }, ...extra },
      output(node),
    );
  };

const same =
  (op: string, attributes: Attributes = {}) =>
  (e: Emitter, node: { inputs: readonly string[]; outputs: readonly string[] }): void => {
    e.emit(op, node.inputs, attributes, output(node));
  };

const conv: Writer<'Conv'> = (e, node) => {
  const { group, activation } = node.attributes;
  const w = input(node, 1);
  const { shape } = e.desc(w);
  const rank = shape.length;
  const weights = e.transpose(w, [rank - 1, rank - 2, ...range(rank - 2)]);
  const attributes = { ...windowAttributes(node.attributes, shape.slice(0, -2)), group: { i: group } };
  const x = input(node, 0);
  const scale = input(node, 4);
  const { length } = e.desc(x).shape;
  const scaled = e.transpose(scale ? e.emit('Mul', [x, scale]) : x, toFirst(length));
  const y = e.transpose(e.emit('Conv', [scaled, weights, input(node, 2)], attributes), toLast(length));
  const residual = input(node, 3);
  e.activation(residual ? e.emit('Add', [y, residual]) : y, activation, e.desc(output(node)).dtype, output(node));
};

const gemm: Writer<'Gemm'> = (e, node) => {
  const { alpha, beta, transA, transB, activation } = node.attributes;
  const y = e.emit('Gemm', node.inputs, {
    alpha: { f: alpha },
    beta: { f: beta },
    transA: { i: transA ? 1 : 0 },
    transB: { i: transB ? 1 : 0 },
  });
  e.activation(y, activation, e.desc(output(node)).dtype, output(node));
};

const matMul: Writer<'MatMul'> = (e, node) => {
  const { transA, transB, activation } = node.attributes;
  const swapped = (x: string, swap: boolean): string => {
    const rank = e.desc(x).shape.length;
    return swap && rank > 1 ? e.transpose(x, [...range(rank - 2), rank - 1, rank - 2]) : x;
  };
  const y = e.emit('MatMul', [swapped(input(node, 0), transA), swapped(input(node, 1), transB)]);
  const bias = input(node, 2);
  e.activation(bias ? e.emit('Add', [y, bias]) : y, activation, e.desc(output(node)).dtype, output(node));
};

const batchNormalization: Writer<'BatchNormalization'> = (e, node) => {
  const { axis, epsilon, activation } = node.attributes;
  const x = input(node, 0);
  const rank = e.desc(x).shape.length;
  // ONNX normalises along axis 1: swap the axis there and back.
  const from = normalizeAxis(axis, rank);
  const swap = range(rank).map((i) => (i === 1 ? from : i === from ? 1 : i));
  const y = e.emit('BatchNormalization', [e.transpose(x, swap), ...node.inputs.slice(1)], {
    epsilon: { f: epsilon },
  });
  e.activation(e.transpose(y, swap), activation, e.desc(output(node)).dtype, output(node));
};

const softmax: Writer<'Softmax'> = (e, node) => {
  const op = node.attributes.log ? 'LogSoftmax' : 'Softmax';
  const x = input(node, 0);
  const { shape } = e.desc(x);
  const axes = node.attributes.axes.map((a) => normalizeAxis(a, shape.length));
  const [only] = axes;
  if (axes.length === 1 && only !== undefined) return void e.emit(op, [x], { axis: { i: only } }, output(node));
  const perm = [...range(shape.length).filter((i) => !axes.includes(i)), ...axes];
  const moved = perm.map((p) => at(shape, p));
  const flat = e.reshape(e.transpose(x, perm), [-1, product(axes.map((a) => at(shape, a)))]);
  const back = e.reshape(e.emit(op, [flat], { axis: { i: 1 } }), moved);
  const inverse = range(shape.length).map((i) => perm.indexOf(i));
  e.transpose(back, inverse, output(node));
};

const UNARY: { readonly [K in UnaryKind]: string | readonly [string, string] } = {
  abs: 'Abs',
  neg: 'Neg',
  exp: 'Exp',
  log: 'Log',
  sqrt: 'Sqrt',
  rsqrt: ['Sqrt', 'Reciprocal'],
  reciprocal: 'Reciprocal',
  square: 'Mul',
  sign: 'Sign',
  floor: 'Floor',
  ceil: 'Ceil',
  round: 'Round',
  sin: 'Sin',
  cos: 'Cos',
  erf: 'Erf',
  not: 'Not',
  isNaN: 'IsNaN',
};

const unary: Writer<'Unary'> = (e, node) => {
  const x = input(node, 0);
  const name = UNARY[node.attributes.kind];
  if (node.attributes.kind === 'square') return void e.emit('Mul', [x, x], {}, output(node));
  if (typeof name === 'string') return void e.emit(name, [x], {}, output(node));
  e.emit(name[1], [e.emit(name[0], [x])], {}, output(node));
};

/** Kinds that are one ONNX node; the others are composed in `binary`. */
const BINARY: { readonly [K in BinaryKind]?: string } = {
  add: 'Add',
  sub: 'Sub',
  mul: 'Mul',
  div: 'Div',
  pow: 'Pow',
  min: 'Min',
  max: 'Max',
  equal: 'Equal',
  less: 'Less',
  lessOrEqual: 'LessOrEqual',
  greater: 'Greater',
  greaterOrEqual: 'GreaterOrEqual',
  and: 'And',
  or: 'Or',
  xor: 'Xor',
};

const binary: Writer<'Binary'> = (e, node) => {
  const { kind, activation } = node.attributes;
  const [a, b] = [input(node, 0), input(node, 1)];
  const float = isFloat(e.desc(a).dtype);
  const y = BINARY[kind] ? e.emit(BINARY[kind], [a, b]) : composedBinary(e, kind, [a, b], float);
  e.activation(y, activation, e.desc(output(node)).dtype, output(node));
};

function composedBinary(e: Emitter, kind: BinaryKind, [a, b]: [string, string], float: boolean): string {
  const mod = (fmod: number): string => e.emit('Mod', [a, b], { fmod: { i: fmod } });
  const floorDiv = (): string =>
    float ? e.emit('Floor', [e.emit('Div', [a, b])]) : e.emit('Div', [e.emit('Sub', [a, mod(0)]), b]);
  switch (kind) {
    case 'notEqual':
      return e.emit('Not', [e.emit('Equal', [a, b])]);
    case 'squaredDifference': {
      const d = e.emit('Sub', [a, b]);
      return e.emit('Mul', [d, d]);
    }
    case 'floorDiv':
      return floorDiv();
    case 'floorMod':
      return float ? e.emit('Sub', [a, e.emit('Mul', [floorDiv(), b])]) : mod(0);
    case 'truncMod':
      return mod(1);
    default:
      throw new Error(`no ONNX form of Binary ${kind}`);
  }
}

const REDUCE: { readonly [K in ReduceKind]: string } = {
  sum: 'ReduceSum',
  mean: 'ReduceMean',
  max: 'ReduceMax',
  min: 'ReduceMin',
  prod: 'ReduceProd',
  l1: 'ReduceL1',
  l2: 'ReduceL2',
  sumSquare: 'ReduceSumSquare',
  logSumExp: 'ReduceLogSumExp',
};

const resize: Writer<'Resize'> = (e, node) => {
  const { mode, coordinateMode, nearestMode } = node.attributes;
  const x = input(node, 0);
  const { shape } = e.desc(x);
  const [scales, sizes] = [input(node, 1), input(node, 2)];
  const nc = [at(shape, 0), at(shape, shape.length - 1)];
  const lead = scales ? e.constant(tensorOf('float32', [2], [1, 1])) : e.ints(nc);
  const full = e.emit('Concat', [lead, scales || sizes], { axis: { i: 0 } });
  spatial(
    e,
    'Resize',
    [x, '', ...(scales ? [full] : ['', full])],
    {
      mode: { s: mode },
      coordinate_transformation_mode: { s: coordinateMode },
      nearest_mode: { s: nearestMode },
    },
    output(node),
  );
};

const topK: Writer<'TopK'> = (e, node) => {
  const { axis, largest } = node.attributes;
  const k = e.reshape(input(node, 1), [1]);
  e.nodes.push({
    op: 'TopK',
    name: `n${e.nodes.length}`,
    inputs: [input(node, 0), k],
    outputs: node.outputs,
    attributes: { axis: { i: axis }, largest: { i: largest ? 1 : 0 }, sorted: { i: 1 } },
  });
};

const split: Writer<'Split'> = (e, node) => {
  const { axis, sizes } = node.attributes;
  e.nodes.push({
    op: 'Split',
    name: `n${e.nodes.length}`,
    inputs: sizes.length > 0 ? [input(node, 0), e.ints(sizes)] : [input(node, 0)],
    outputs: node.outputs,
    attributes: { axis: { i: axis }, ...(sizes.length > 0 ? {} : { num_outputs: { i: node.outputs.length } }) },
  });
};

const channelShuffle: Writer<'ChannelShuffle'> = (e, node) => {
  const { groups } = node.attributes;
  const { shape } = e.desc(input(node, 0));
  const lead = shape.slice(0, -1);
  const grouped = e.reshape(input(node, 0), [...lead, groups, at(shape, shape.length - 1) / groups]);
  const r = lead.length;
  e.reshape(e.transpose(grouped, [...range(r), r + 1, r]), shape, output(node));
};

/** Squeeze, Unsqueeze and reductions take their axes as an input; none at all means the operator's default. */
const axesInput = (e: Emitter, axes: readonly number[]): string => (axes.length > 0 ? e.ints(axes) : '');

const WRITERS: { readonly [K in OpKind]: Writer<K> } = {
  Conv: conv,
  MaxPool: pool('MaxPool'),
  AveragePool: pool('AveragePool'),
  GlobalAveragePool: (e, n) => void spatial(e, 'GlobalAveragePool', [input(n, 0)], {}, output(n)),
  GlobalMaxPool: (e, n) => void spatial(e, 'GlobalMaxPool', [input(n, 0)], {}, output(n)),
  Gemm: gemm,
  MatMul: matMul,
  BatchNormalization: batchNormalization,
  LRN: (e, n) => {
    const { size, alpha, beta, bias } = n.attributes;
    const attributes = { size: { i: size }, alpha: { f: alpha }, beta: { f: beta }, bias: { f: bias } };
    spatial(e, 'LRN', [input(n, 0)], attributes, output(n));
  },
  Softmax: softmax,
  Activation: (e, n) => e.activation(input(n, 0), n.attributes.activation, e.desc(input(n, 0)).dtype, output(n)),
  PRelu: same('PRelu'),
  Unary: unary,
  Binary: binary,
  Where: same('Where'),
  Cast: (e, n) => void e.emit('Cast', n.inputs, { to: { i: ONNX_DATA_TYPE[n.attributes.to] } }, output(n)),
  Reshape: (e, n) => void e.emit('Reshape', n.inputs, { allowzero: { i: n.attributes.allowZero ? 1 : 0 } }, output(n)),
  Flatten: (e, n) => void e.emit('Flatten', n.inputs, { axis: { i: n.attributes.axis } }, output(n)),
  Squeeze: (e, n) => void e.emit('Squeeze', [input(n, 0), axesInput(e, n.attributes.axes)], {}, output(n)),
  Unsqueeze: (e, n) => void e.emit('Unsqueeze', [input(n, 0), e.ints(n.attributes.axes)], {}, output(n)),
  Identity: same('Identity'),
  Transpose: (e, n) => {
    const { perm } = n.attributes;
    e.emit('Transpose', n.inputs, perm.length > 0 ? { perm: { ints: perm } } : {}, output(n));
  },
  Concat: (e, n) => void e.emit('Concat', n.inputs, { axis: { i: n.attributes.axis } }, output(n)),
  Split: split,
  Slice: same('Slice'),
  Pad: (e, n) => void e.emit('Pad', n.inputs, { mode: { s: n.attributes.mode } }, output(n)),
  Gather: (e, n) => void e.emit('Gather', n.inputs, { axis: { i: n.attributes.axis } }, output(n)),
  GatherND: (e, n) => void e.emit('GatherND', n.inputs, { batch_dims: { i: n.attributes.batchDims } }, output(n)),
  Expand: same('Expand'),
  Tile: same('Tile'),
  Shape: same('Shape'),
  ConstantOfShape: (e, n) => {
    const { dtype, value } = n.attributes;
    e.emit('ConstantOfShape', n.inputs, { value: { t: tensorOf(dtype, [1], [value]) } }, output(n));
  },
  Range: same('Range'),
  Resize: resize,
  Reduce: (e, n) => {
    const { kind, axes, keepDims } = n.attributes;
    const keep = { keepdims: { i: keepDims ? 1 : 0 } };
    e.emit(REDUCE[kind], [input(n, 0), axesInput(e, axes)], keep, output(n));
  },
  ArgReduce: (e, n) => {
    const { kind, axis, keepDims, dtype } = n.attributes;
    const attributes = { axis: { i: axis }, keepdims: { i: keepDims ? 1 : 0 }, select_last_index: { i: 0 } };
    const y = e.emit(kind === 'max' ? 'ArgMax' : 'ArgMin', [input(n, 0)], attributes);
    e.emit('Cast', [y], { to: { i: ONNX_DATA_TYPE[dtype] } }, output(n));
  },
  TopK: topK,
  ChannelShuffle: channelShuffle,
};
