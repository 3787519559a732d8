/** How each operator of the graph is written: one row each, so that a forgotten one is a type error. */
import { normalizeAxis } from '../../../core/broadcast.ts';
import { tensorOf } from '../../../core/tensor.ts';
import { nodeOf } from '../../../ir/is-op.ts';
import type { Node, NodeOf, OpKind, ReduceKind } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import { withActivation, writeActivation, writeBinary, writeUnary } from './elementwise.ts';
import {
  writeArgMaxPool,
  writeChannelShuffle,
  writeConv,
  writeConvInteger,
  writeConvTranspose,
  writeGridSample,
  writeMaxUnpool,
  writePool,
  writeResize,
  writeSpatial,
} from './images.ts';
import { writeBoxDecode } from './boxes.ts';
import { writeGather, writeGatherElements, writeGatherND, writeSlice, writeUnique } from './counted.ts';
import { writeDeformConv } from './deform-conv.ts';
import { writeDeformRoiPool } from './deform-roi-pool.ts';
import { DATA_TYPE, type OnnxAttributes } from './model.ts';
import { writeMaxRoiPool, writeRoiAlign } from './rois.ts';
import { sunk } from './sink.ts';
import { writeSuppression } from './detect.ts';
import {
  realWeights,
  writeDequantizeLinear,
  writeLookupTable,
  writeQuantised,
  writeQuantizeLinear,
} from './quantise.ts';
import { writeLpNormalization } from './normalise.ts';
import { writeRecurrent } from './recurrent.ts';
import { writeCumSum, writeReverseSequence } from './sequences.ts';
import { GIVE_EXTENTS, type OnnxWriter } from './writer.ts';

/** Writes one node. Throws UnsupportedError when ONNX has no way to say it. */
type Row<K extends OpKind> = (w: OnnxWriter, node: NodeOf<K>) => void;

const input = ({ inputs }: NodeOf<OpKind>, i = 0): string => inputs[i] ?? '';
const output = ({ outputs }: NodeOf<OpKind>): string => outputs[0] ?? '';
const flag = (value: boolean): { readonly i: number } => ({ i: value ? 1 : 0 });

/** Writes an operator that ONNX has as it is. */
function same(w: OnnxWriter, { op, inputs, outputs }: NodeOf<OpKind>, attributes: OnnxAttributes = {}): void {
  w.many(op, inputs, attributes, outputs);
}

const gemm: Row<'Gemm'> = (w, node) => {
  const { alpha, beta, transA, transB, activation } = node.attributes;
  const own = { alpha: { f: alpha }, beta: { f: beta }, transA: flag(transA), transB: flag(transB) };
  withActivation(w, activation, output(node), (name) => w.emit('Gemm', node.inputs, own, name));
};

const matMul: Row<'MatMul'> = (w, node) => {
  const { transA, transB, activation } = node.attributes;
  const swapped = (x: string, swap: boolean): string => {
    const rank = swap ? w.rank(x) : 0;
    return rank > 1 ? w.transpose(x, [...range(rank - 2), rank - 1, rank - 2]) : x;
  };
  const b = realWeights(w, swapped(input(node, 1), transB), input(node, 3), 1);
  const operands = [swapped(input(node), transA), b];
  const bias = input(node, 2);
  withActivation(w, activation, output(node), (name) =>
    bias ? w.emit('Add', [w.emit('MatMul', operands), bias], {}, name) : w.emit('MatMul', operands, {}, name),
  );
};

/** ONNX normalises along axis 1: another axis is brought there and back. */
const batchNormalization: Row<'BatchNormalization'> = (w, node) => {
  const { axis, epsilon, activation } = node.attributes;
  const rank = w.rank(input(node));
  const from = normalizeAxis(axis, rank);
  const own = { epsilon: { f: epsilon } };
  withActivation(w, activation, output(node), (name) => {
    if (from === 1) return w.emit('BatchNormalization', node.inputs, own, name);
    const swap = range(rank).map((i) => (i === 1 ? from : i === from ? 1 : i));
    const [x = '', ...parameters] = node.inputs;
    return w.transpose(w.emit('BatchNormalization', [w.transpose(x, swap), ...parameters], own), swap, name);
  });
};

/** Over several axes: they are brought to the end and made one. */
const softmax: Row<'Softmax'> = (w, node) => {
  const op = node.attributes.log ? 'LogSoftmax' : 'Softmax';
  const x = input(node);
  const [only = -1, ...others] = node.attributes.axes;
  if (others.length === 0) return void w.emit(op, [x], { axis: { i: only } }, output(node));
  const rank = w.rank(x);
  const axes = node.attributes.axes.map((axis) => normalizeAxis(axis, rank));
  const perm = [...range(rank).filter((i) => !axes.includes(i)), ...axes];
  const moved = w.emit('Transpose', [x], { perm: { ints: perm } });
  const kept = rank - axes.length;
  const rows = w.emit(op, [w.reshape(moved, [...range(kept).map(() => 0), -1])], { axis: { i: kept } });
  const back = w.emit('Reshape', [rows, w.emit('Shape', [moved])]);
  w.emit('Transpose', [back], { perm: { ints: range(rank).map((i) => perm.indexOf(i)) } }, output(node));
};

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

/** Axes and sizes are an input, which the node may compute; none at all means the operator's default. */
const listInput = (w: OnnxWriter, node: Node, list: readonly number[]): string => {
  return node.inputs[1] || (list.length > 0 ? w.ints(list) : '');
};

/** ONNX gives int64; another type is cast. */
const argReduce: Row<'ArgReduce'> = (w, node) => {
  const { kind, axis, keepDims, last, dtype } = node.attributes;
  const op = kind === 'max' ? 'ArgMax' : 'ArgMin';
  const own = { axis: { i: axis }, keepdims: flag(keepDims), select_last_index: flag(last) };
  if (dtype === 'int64') return void w.emit(op, [input(node)], own, output(node));
  w.emit('Cast', [w.emit(op, [input(node)], own)], { to: { i: DATA_TYPE[dtype] } }, output(node));
};

const split: Row<'Split'> = (w, node) => {
  const { axis, sizes } = node.attributes;
  const list = listInput(w, node, sizes);
  const own: OnnxAttributes = {
    axis: { i: axis },
    ...(list === '' ? { num_outputs: { i: node.outputs.length } } : {}),
  };
  w.many('Split', [input(node), list], own, node.outputs);
};

/** How many of these hold: ONNX says so only by the shape of what they choose. */
function writeCount(w: OnnxWriter, condition: string, output: string | undefined): void {
  const ones = w.emit('Cast', [condition], { to: { i: DATA_TYPE.int32 } });
  w.emit('ReduceSum', [ones], { keepdims: flag(false) }, output);
}

/** The branches are nodes of the graph: those of the file hand on what they computed. */
function writeChoice(w: OnnxWriter, n: NodeOf<'If'>): void {
  if (n.attributes.missing.length > 0) w.refuse('a branch that the engine cannot run');
  const branch = (value: string): OnnxAttributes[string] => {
    const [name, result] = [w.unique(`${n.name}/Identity`), w.unique(`${n.name}/branch`)];
    const node = { op: 'Identity', name, inputs: [value], outputs: [result], attributes: {} };
    return { g: { name: 'branch', nodes: [node], outputs: [{ name: result, dtype: w.dtype(value) }] } };
  };
  w.emit('If', [input(n)], { then_branch: branch(input(n, 1)), else_branch: branch(input(n, 2)) }, output(n));
}

/** A graph that was compiled has none. */
function writeUnrolled(w: OnnxWriter, { op }: Node): void {
  w.refuse(`${op}, which is there until shapes are inferred`, GIVE_EXTENTS);
}

const ROWS: { readonly [K in OpKind]: Row<K> } = {
  Conv: writeConv,
  ConvTranspose: writeConvTranspose,
  DeformConv: writeDeformConv,
  MaxPool: writePool,
  AveragePool: writePool,
  LpPool: writePool,
  ArgMaxPool: writeArgMaxPool,
  MaxUnpool: writeMaxUnpool,
  GlobalAveragePool: (w, n) => void writeSpatial(w, n.op, n.inputs, {}, output(n)),
  GlobalMaxPool: (w, n) => void writeSpatial(w, n.op, n.inputs, {}, output(n)),
  Gemm: gemm,
  MatMul: matMul,
  BatchNormalization: batchNormalization,
  LpNormalization: writeLpNormalization,
  LRN: (w, n) => {
    const { size, alpha, beta, bias } = n.attributes;
    const own = { size: { i: size }, alpha: { f: alpha }, beta: { f: beta }, bias: { f: bias } };
    writeSpatial(w, n.op, n.inputs, own, output(n));
  },
  Softmax: softmax,
  Activation: (w, n) => writeActivation(w, input(n), n.attributes.activation, w.dtype(input(n)), output(n)),
  PRelu: same,
  Unary: (w, n) => writeUnary(w, input(n), n.attributes.kind, output(n)),
  Binary: (w, n) => writeBinary(w, [input(n), input(n, 1)], n.attributes, output(n)),
  Det: same,
  Inverse: (w) => w.refuse('inverse matrices'),
  Where: same,
  Cast: (w, n) => same(w, n, { to: { i: DATA_TYPE[n.attributes.to] } }),
  Reshape: (w, n) => same(w, n, { allowzero: flag(n.attributes.allowZero) }),
  Flatten: (w, n) => same(w, n, { axis: { i: n.attributes.axis } }),
  Squeeze: (w, n) => void w.emit('Squeeze', [input(n), listInput(w, n, n.attributes.axes)], {}, output(n)),
  Unsqueeze: (w, n) => void w.emit('Unsqueeze', [input(n), listInput(w, n, n.attributes.axes)], {}, output(n)),
  Identity: same,
  Transpose: (w, n) => {
    if (n.attributes.perm.length > 0) w.transpose(input(n), n.attributes.perm, output(n));
    else same(w, n);
  },
  Concat: (w, n) => same(w, n, { axis: { i: n.attributes.axis } }),
  Split: split,
  Slice: writeSlice,
  Pad: (w, n) => same(w, n, { mode: { s: n.attributes.mode } }),
  Gather: writeGather,
  GatherND: writeGatherND,
  GatherElements: writeGatherElements,
  // What depends on data has its true extent in ONNX: counts are not needed.
  ScatterElements: (w, n) => {
    const { axis, reduction } = n.attributes;
    w.emit('ScatterElements', n.inputs.slice(0, 3), { axis: { i: axis }, reduction: { s: reduction } }, output(n));
  },
  ScatterND: (w, n) => {
    w.emit('ScatterND', n.inputs.slice(0, 3), { reduction: { s: n.attributes.reduction } }, output(n));
  },
  Expand: same,
  Tile: same,
  Trilu: (w, n) => same(w, n, { upper: flag(n.attributes.upper) }),
  ReverseSequence: writeReverseSequence,
  CumSum: writeCumSum,
  Shape: (w, n) => {
    w.emit('Shape', [input(n)], {}, output(n));
  },
  ConstantOfShape: (w, n) => same(w, n, { value: { t: tensorOf(n.attributes.dtype, [1], [n.attributes.value]) } }),
  Range: same,
  MaxRoiPool: writeMaxRoiPool,
  PsRoiPool: (w) => w.refuse('means of whole pixels of boxes'),
  RoiAlign: writeRoiAlign,
  DeformRoiPool: writeDeformRoiPool,
  CropAndResize: (w) => w.refuse('parts of images by boxes'),
  Resize: writeResize,
  GridSample: writeGridSample,
  Reduce: (w, n) => {
    const { kind, axes, keepDims } = n.attributes;
    w.emit(REDUCE[kind], [input(n), listInput(w, n, axes)], { keepdims: flag(keepDims) }, output(n));
  },
  ArgReduce: argReduce,
  NonZero: (w, n) => {
    w.emit('NonZero', [input(n)], {}, output(n));
    writeCount(w, w.emit('Cast', [input(n)], { to: { i: DATA_TYPE.bool } }), n.outputs[1]);
  },
  Compress: (w, n) => {
    const { axis } = n.attributes;
    w.emit('Compress', [input(n), input(n, 1)], { axis: { i: axis } }, output(n));
    writeCount(w, input(n, 1), n.outputs[1]);
  },
  TopK: (w, n) => {
    const { axis, largest } = n.attributes;
    const own = { axis: { i: axis }, largest: flag(largest), sorted: { i: 1 } };
    w.many('TopK', [input(n), w.reshape(w.cast(input(n, 1), 'int64'), [1])], own, n.outputs);
  },
  Unique: writeUnique,
  NonMaxSuppression: writeSuppression,
  ChannelShuffle: writeChannelShuffle,
  QuantizeLinear: writeQuantizeLinear,
  DequantizeLinear: writeDequantizeLinear,
  DynamicQuantizeLinear: same,
  ConvInteger: writeConvInteger,
  MatMulInteger: same,
  LookupTable: writeLookupTable,
  QLinearConv: writeQuantised,
  QLinearConvTranspose: writeQuantised,
  QLinearMatMul: writeQuantised,
  QLinearBinary: writeQuantised,
  QLinearPRelu: writeQuantised,
  QLinearReduce: writeQuantised,
  QLinearAveragePool: writeQuantised,
  QLinearSoftmax: writeQuantised,
  QLinearL2Normalization: writeQuantised,
  QLinearResize: writeQuantised,
  // Of lengths that are known it is a constant, once shapes are inferred.
  DftMatrix: (w) => w.refuse('matrices of Fourier transforms', GIVE_EXTENTS),
  MelWeightMatrix: (w, n) => same(w, n, { output_datatype: { i: DATA_TYPE[n.attributes.dtype] } }),
  BoxDecode: writeBoxDecode,
  If: writeChoice,
  LoopEntry: writeUnrolled,
  LoopExit: writeUnrolled,
  Sequence: writeUnrolled,
  LSTM: writeRecurrent,
  GRU: writeRecurrent,
  RNN: writeRecurrent,
};

/** Writes one node of the graph. Throws UnsupportedError when ONNX has no way to say it. */
export function writeNode(w: OnnxWriter, node: Node): void {
  w.begin(node);
  const moved = sunk(w, node);
  if (!moved?.perm) return writeRow(w, moved?.node ?? node);
  const { perm } = moved;
  const outputs = node.outputs.map((output) => (output === '' ? '' : w.unique(`${output}_before`)));
  const own = nodeOf({ ...moved.node, outputs });
  w.begin(own);
  writeRow(w, own);
  node.outputs.forEach((output, i) => {
    if (output !== '') w.transpose(outputs[i] ?? '', perm, output);
  });
}

function writeRow<K extends OpKind>(w: OnnxWriter, node: NodeOf<K>): void {
  const row: Row<K> = ROWS[node.op];
  row(w, node);
}
