/** QuantizeLinear and DequantizeLinear of opset 19 to 24: integers of 16 bits, blocks, float16 and types that attributes name. */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import type { DType } from '../../../src/core/dtype.ts';
import { node } from '../../helpers/onnx-models.ts';
import { ONNX_DATA_TYPE, type OnnxAttribute } from '../../helpers/onnx-bytes.ts';
import { alsoIn, type LaterCase, type LaterCases } from './later.ts';

type Attributes = Readonly<Record<string, OnnxAttribute>>;

function form(
  op: 'QuantizeLinear' | 'DequantizeLinear',
  name: string,
  opset: number,
  operands: readonly Tensor[],
  attributes: Attributes = {},
): LaterCase {
  const names = ['x', 's', 'z'].slice(0, operands.length);
  const constants = Object.fromEntries(operands.map((t, i) => [names[i] ?? '', t]));
  const { x, ...others } = constants;
  return { name, opset, node: node(op, names.join(' '), 'y', attributes), inputs: x ? { x } : {}, constants: others };
}

const wave = (count: number, size: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.fround(Math.sin(i * 1.7) * size));
const steps = (count: number): number[] => Array.from({ length: count }, (_, i) => (i * 37) % 120);

const x = tensorOf('float32', [3, 5], wave(15, 3));
const scale = tensorOf('float32', [], [0.05]);
const scales = tensorOf('float32', [3], [0.05, 0.01, 0.2]);
const blocks = tensorOf(
  'float32',
  [3, 3],
  wave(9, 0.1).map((v) => Math.abs(v) + 0.01),
);
const axis = { axis: { i: 0 } };
const inBlocks = { axis: { i: 1 }, block_size: { i: 2 } };
const as = (dtype: keyof typeof ONNX_DATA_TYPE): Attributes => ({ output_dtype: { i: ONNX_DATA_TYPE[dtype] } });

function filled(dtype: 'uint8' | 'int8', shape: readonly number[], step: number): Tensor {
  const count = shape.reduce((n, d) => n * d, 1);
  const values = Array.from({ length: count }, (_, i) => ((i * step) % 251) - (dtype === 'int8' ? 125 : 0));
  return tensorOf(dtype, shape, values);
}

/** uint8 or int8 by a matrix of int8, to the first one's type. */
function product(
  name: string,
  left: readonly number[],
  right: readonly number[],
  dtype: 'uint8' | 'int8' = 'uint8',
  columns: readonly number[] = [],
): LaterCase {
  const along = (type: DType, values: readonly number[]): Tensor =>
    tensorOf(type, columns, values.slice(0, columns[0] ?? 1));
  return {
    name,
    opset: 21,
    node: node('QLinearMatMul', 'a as az b bs bz ys yz', 'y'),
    inputs: { a: filled(dtype, left, 37) },
    constants: {
      as: tensorOf('float32', [], [0.02]),
      az: tensorOf(dtype, [], [7]),
      b: filled('int8', right, 91),
      bs: along('float32', [0.01, 0.02, 0.005, 0.03, 0.01, 0.001, 0.04]),
      bz: along('int8', [3, 3, 3, 3, 3, 3, 3]),
      ys: tensorOf('float32', [], [0.7]),
      yz: tensorOf(dtype, [], [dtype === 'int8' ? -3 : 120]),
    },
  };
}

/** Opsets that changed them. */
const CHANGED = [19, 21, 23, 24];

export const LATER_QUANTISE: LaterCases = {
  QuantizeLinear: alsoIn(CHANGED, [
    form('QuantizeLinear', 'to uint8 of channels', 19, [x, scales, tensorOf('uint8', [3], [128, 0, 7])], axis),
    form('QuantizeLinear', 'to uint8 without a zero point', 19, [x, scale]),
    form('QuantizeLinear', 'to int8', 19, [x, scale, tensorOf('int8', [], [-128])]),
    form('QuantizeLinear', 'to int8 of channels along the last axis', 19, [
      x,
      tensorOf('float32', [5], [0.05, 0.01, 0.2, 1, 3]),
      tensorOf('int8', [5], [1, 0, -3, 127, -128]),
    ]),
    form('QuantizeLinear', 'ties', 19, [
      tensorOf('float32', [9], [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 127.5, 254.5, 255.5]),
      tensorOf('float32', [], [1]),
      tensorOf('uint8', [], [1]),
    ]),
    form('QuantizeLinear', 'one element', 19, [tensorOf('float32', [1, 1, 1], [3]), scale]),
    form('QuantizeLinear', 'to uint16', 21, [x, tensorOf('float32', [], [0.0001]), tensorOf('uint16', [], [32768])]),
    form('QuantizeLinear', 'to int16', 21, [x, tensorOf('float32', [], [0.0001]), tensorOf('int16', [], [-5])]),
    form('QuantizeLinear', 'to uint16 by its name', 21, [x, scale], as('uint16')),
    form('QuantizeLinear', 'to int8 by its name, of channels', 23, [x, scales], { ...axis, ...as('int8') }),
    form('QuantizeLinear', 'blocks', 21, [x, blocks, tensorOf('int8', [3, 3], steps(9))], inBlocks),
    form('QuantizeLinear', 'blocks of uint16', 23, [x, blocks, tensorOf('uint16', [3, 3], steps(9))], inBlocks),
    form('QuantizeLinear', 'beyond the ends', 24, [
      tensorOf('float32', [6], [1e9, -1e9, 655.34, -655.4, Infinity, -Infinity]),
      tensorOf('float32', [], [0.01]),
      tensorOf('uint16', [], [3]),
    ]),
    form('QuantizeLinear', 'no elements', 23, [tensorOf('float32', [0, 3], []), scale, tensorOf('uint16', [], [1])]),
  ]),
  QLinearMatMul: [
    product('matrices', [3, 5], [5, 7]),
    product('a row and a column', [1, 17], [17, 1]),
    product('batches that broadcast', [2, 1, 3, 5], [3, 5, 4]),
    product('int8', [3, 5], [5, 7], 'int8'),
    product('int8 by int8, scales of columns', [3, 5], [5, 7], 'int8', [7]),
    product('scales of columns', [4, 3], [3, 6], 'uint8', [6]),
    product('no rows', [0, 5], [5, 7]),
    product('longer', [5, 130], [130, 9]),
  ],
  DequantizeLinear: alsoIn(CHANGED, [
    form(
      'DequantizeLinear',
      'uint8 of channels',
      19,
      [tensorOf('uint8', [3, 5], steps(15)), scales, tensorOf('uint8', [3], [128, 0, 7])],
      axis,
    ),
    form('DequantizeLinear', 'uint8 without a zero point', 19, [tensorOf('uint8', [3, 5], steps(15)), scale]),
    form('DequantizeLinear', 'int8', 19, [
      tensorOf('int8', [7], [-128, 127, 0, 1, -1, 5, 17]),
      scale,
      tensorOf('int8', [], [-128]),
    ]),
    form('DequantizeLinear', 'int8 of channels along the last axis', 19, [
      tensorOf('int8', [3, 5], steps(15)),
      tensorOf('float32', [5], [0.05, 0.01, 0.2, 1, 3]),
      tensorOf('int8', [5], [1, 0, -3, 127, -128]),
    ]),
    form('DequantizeLinear', 'one element', 19, [tensorOf('uint8', [1, 1, 1], [3]), scale]),
    form('DequantizeLinear', 'int32', 19, [tensorOf('int32', [4], [2 ** 31 - 1, -(2 ** 31), 16777217, 3]), scale]),
    form('DequantizeLinear', 'uint16', 21, [
      tensorOf('uint16', [5], [0, 1, 32768, 65534, 65535]),
      scale,
      tensorOf('uint16', [], [65535]),
    ]),
    form(
      'DequantizeLinear',
      'int16 of channels',
      21,
      [tensorOf('int16', [3, 5], wave(15, 32767).map(Math.round)), scales, tensorOf('int16', [3], [-32768, 32767, 0])],
      axis,
    ),
    form(
      'DequantizeLinear',
      'blocks',
      21,
      [tensorOf('int8', [3, 5], steps(15)), blocks, tensorOf('int8', [3, 3], steps(9))],
      inBlocks,
    ),
    form('DequantizeLinear', 'blocks of uint16', 23, [tensorOf('uint16', [3, 5], steps(15)), blocks], inBlocks),
    form('DequantizeLinear', 'to float16', 23, [
      tensorOf('uint8', [3, 5], steps(15)),
      tensorOf('float16', [], [0.0625]),
      tensorOf('uint8', [], [3]),
    ]),
    form('DequantizeLinear', 'no elements', 24, [tensorOf('uint16', [0], []), scale]),
  ]),
};
