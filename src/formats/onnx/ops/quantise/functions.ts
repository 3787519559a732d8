/** com.microsoft's functions of integers: of one byte, of whole maps, and what brings integers to one scale. */
import { range } from '../../../../util/arrays.ts';
import { aroundChannelsLast } from '../../../lib/channels-first.ts';
import type { OnnxNode } from '../../node.ts';
import { poolWindow } from '../pool.ts';
import {
  affineInputs,
  byteAt,
  byteScale,
  lookedUp,
  quantisedInputs,
  requantisedTo,
  rescaled,
  resultByte,
} from './operands.ts';

/** A function of one byte. */
function byteFunction(n: OnnxNode, f: (real: number) => number): string {
  const from = byteScale(n, 1, byteAt(n, 0));
  const to = byteScale(n, 3, resultByte(n, 4, 0));
  return lookedUp(n, n.input(0), { from, to }, (reals) => Array.from(reals, (real) => Math.fround(f(real))));
}

export function qLinearSigmoid(n: OnnxNode): string {
  return byteFunction(n, (x) => 1 / (1 + Math.exp(-x)));
}

export function qLinearLeakyRelu(n: OnnxNode): string {
  const alpha = n.attr.float('alpha', 0.01);
  return byteFunction(n, (x) => (x >= 0 ? x : alpha * x));
}

/** The first two inputs are the result's scale and zero point; three follow for each operand. */
export function qLinearConcat(n: OnnxNode): string {
  const dtype = resultByte(n, 1, 2);
  const to = byteScale(n, 0, dtype);
  if ((n.inputCount - 2) % 3 !== 0 || n.inputCount < 5) n.fail(`it has ${n.inputCount} inputs`);
  const parts = range((n.inputCount - 2) / 3).map((part) => {
    const index = 2 + 3 * part;
    return rescaled(n, n.input(index), byteScale(n, index + 1, byteAt(n, index)), to);
  });
  return n.one('Concat', parts, { axis: n.attr.int('axis', 0) });
}

/** Integers of two scales, one or the other by a condition. */
export function qLinearWhere(n: OnnxNode): string {
  const to = byteScale(n, 7, resultByte(n, 8, 1));
  const [a, b] = [1, 4].map((index) => rescaled(n, n.input(index), byteScale(n, index + 1, byteAt(n, index)), to));
  return n.one('Where', [n.input(0), a ?? '', b ?? ''], {});
}

/** Applies `compute` to the channels-last picture that the node's first input is, or is brought to. */
function ofPicture(n: OnnxNode, rank: number, compute: (x: string) => string): string {
  const x = n.input(0);
  return n.attr.flag('channels_last', false) ? compute(x) : aroundChannelsLast(n, x, rank, compute);
}

export function qLinearGlobalAveragePool(n: OnnxNode): string {
  const rank = n.rankKept ?? n.unknown(0, 'rank');
  if (rank < 3) n.refuse(`rank ${rank}`);
  const dtype = resultByte(n, 4, 0);
  const [, ...affine] = [...quantisedInputs(n, 0), ...affineInputs(n, 3, dtype)];
  const attributes = { kind: 'mean', axes: range(rank - 2).map((i) => i + 1), keepDims: true } as const;
  return ofPicture(n, rank, (x) => n.main('QLinearReduce', [x, ...affine], { ...attributes, ...requantisedTo(dtype) }));
}

export function qLinearAveragePool(n: OnnxNode): string {
  const dtype = resultByte(n, 4, 0);
  if (dtype !== byteAt(n, 0)) n.refuse('a result of another type');
  const window = poolWindow(n);
  const attributes = { ...window, countIncludePad: n.attr.flag('count_include_pad', false), ...requantisedTo(dtype) };
  const [, ...affine] = [...quantisedInputs(n, 0), ...affineInputs(n, 3, dtype)];
  return ofPicture(n, window.kernel.length + 2, (x) => n.main('QLinearAveragePool', [x, ...affine], attributes));
}

export function qLinearReduceMean(n: OnnxNode): string {
  const dtype = resultByte(n, 4, 0);
  const axes = n.attr.ints('axes') ?? [];
  const operands = [...quantisedInputs(n, 0), ...affineInputs(n, 3, dtype)];
  const attributes = { kind: 'mean', axes, keepDims: n.attr.flag('keepdims', true) } as const;
  return n.one('QLinearReduce', operands, { ...attributes, ...requantisedTo(dtype) });
}

/** Over one axis, or before opset 13, which the node says, over all axes from `axis` on. */
export function qLinearSoftmax(n: OnnxNode): string {
  const dtype = resultByte(n, 4, 0);
  const [x = '', ...affine] = [...quantisedInputs(n, 0), ...affineInputs(n, 3, dtype)];
  const over = (operand: string, axis: number): string =>
    n.one('QLinearSoftmax', [operand, ...affine], { axis, beta: 1, log: false, ...requantisedTo(dtype) });
  const axis = n.attr.int('axis', -1);
  if (n.attr.int('opset', 13) >= 13 || axis === -1) return over(x, axis);
  const rows = over(n.one('Flatten', [x], { axis }), 1);
  return n.one('Reshape', [rows, n.one('Shape', [x], {})], { allowZero: true });
}
