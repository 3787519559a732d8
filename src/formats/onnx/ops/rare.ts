/** Operators that few classifiers have: loaded when a model has one that is not in the other tables. */
import { tensorOf } from '../../../core/tensor.ts';
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import type { OnnxNode } from '../node.ts';
import { readTensor } from '../tensor.ts';
import { BLOCKS } from './blocks.ts';
import { scalar } from './elementwise.ts';
import { channelsLast, resultChannelsFirst, spatialDims } from './layout.ts';
import { NORMALISE } from './normalise.ts';
import { RESIZE } from './resize.ts';
import type { OpImport, OpTable } from './table.ts';

function tile(n: OnnxNode): void {
  if (n.opset < 6) n.refuse('opset below 6');
  n.result('Tile', [n.in(0), n.in(1)], {});
}

function size(n: OnnxNode): void {
  const extents = n.temp('Shape', [n.in(0)], {});
  n.result('Reduce', [extents], { kind: 'prod', axes: [], keepDims: false });
}

function constantOfShape(n: OnnxNode): void {
  const value = n.tensor('value');
  const filler = value ? readTensor(value, n.context.file, new Map()) : tensorOf('float32', [1], [0]);
  const [element] = filler.data;
  if (element === undefined || filler.data.length !== 1) n.fail('value must hold one element');
  n.result('ConstantOfShape', [n.in(0)], { dtype: filler.dtype, value: element });
}

function reduceLogSum(n: OnnxNode): void {
  const axes = n.intsOrInput('axes', 1) ?? [];
  if (n.flag('noop_with_empty_axes', false) && axes.length === 0) n.refuse('noop_with_empty_axes = 1');
  const sum = n.main('Reduce', [n.in(0)], { kind: 'sum', axes, keepDims: n.flag('keepdims', true) });
  n.result('Unary', [sum], { kind: 'log' });
}

function argReduce(kind: 'max' | 'min'): OpImport {
  return (n) => {
    n.only('select_last_index', 0);
    const attributes = { axis: n.int('axis', 0), keepDims: n.flag('keepdims', true) };
    n.result('ArgReduce', [n.in(0)], { kind, ...attributes, dtype: 'int64' });
  };
}

/** Before opset 10 `k` is an attribute. Unsorted results may come in any order, so sorted ones do. */
function topK(n: OnnxNode): void {
  n.ignore('sorted');
  const k = n.has('k') ? n.intsConstant([n.int('k', 0)]) : n.in(1);
  n.result('TopK', [n.in(0), k], { axis: n.int('axis', -1), largest: n.flag('largest', true) }, 2);
}

/** x > alpha ? x : 0. */
function thresholdedRelu(n: OnnxNode): void {
  const dtype = n.facts(0).dtype;
  const x = n.in(0);
  const over = n.temp('Binary', [x, scalar(n, n.float('alpha', 1), dtype)], {
    kind: 'greater',
    activation: NO_ACTIVATION,
  });
  n.result('Where', [over, x, scalar(n, 0, dtype)], {});
}

function mod(n: OnnxNode): void {
  const kind = n.flag('fmod', false) ? 'truncMod' : 'floorMod';
  n.result('Binary', [n.in(0), n.in(1)], { kind, activation: NO_ACTIVATION });
}

function castLike(n: OnnxNode): void {
  n.ignore('saturate', 'round_mode');
  n.in(1);
  n.result('Cast', [n.in(0)], { to: n.facts(1).dtype ?? n.refuse('element type of input 1 is not known at import') });
}

function lrn(n: OnnxNode): void {
  const rank = n.rank(0);
  spatialDims(n, rank);
  const attributes = {
    size: n.int('size', 0),
    alpha: n.float('alpha', 0.0001),
    beta: n.float('beta', 0.75),
    bias: n.float('bias', 1),
  };
  if (attributes.size < 1) n.fail(`size = ${attributes.size}`);
  resultChannelsFirst(n, n.main('LRN', [channelsLast(n, n.in(0), rank)], attributes), rank);
}

/** Rows that are not in `COMMON`. */
export const RARE: OpTable = {
  ...BLOCKS,
  ...NORMALISE,
  ...RESIZE,
  Tile: tile,
  Size: size,
  ConstantOfShape: constantOfShape,
  Range: (n) => n.result('Range', [n.in(0), n.in(1), n.in(2)], {}),
  GatherND: (n) => n.result('GatherND', [n.in(0), n.in(1)], { batchDims: n.int('batch_dims', 0) }),
  ReduceLogSum: reduceLogSum,
  ArgMax: argReduce('max'),
  ArgMin: argReduce('min'),
  TopK: topK,
  ThresholdedRelu: thresholdedRelu,
  Mod: mod,
  CastLike: castLike,
  LRN: lrn,
};
