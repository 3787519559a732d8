/** Cast and CastLike of opset 19 to 24, between the types that the engine holds; Constant of those opsets. */
import type { DType } from '../../../src/core/dtype.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { node } from '../../helpers/onnx-models.ts';
import { ONNX_DATA_TYPE } from '../../helpers/onnx-bytes.ts';
import { testLaterOpsets, type LaterCase } from './later.ts';

const near = [0, 1, -1, 2.5, -2.5, 100.75, -100.75, 0.49, -0.49];
const bytes = [0, 1, 255, 127, 128];
const signed = [0, 1, -1, 127, -128, 1000, -40000, 70000];

const PAIRS: readonly (readonly [opset: number, from: DType, to: DType, values: readonly number[]])[] = [
  [19, 'float32', 'int32', near],
  [19, 'float32', 'int8', near],
  [21, 'float32', 'float16', [...near, 65504, 70000, -70000, Infinity, NaN, 1e-8]],
  [21, 'float16', 'float32', near],
  [21, 'float32', 'bool', [...near, NaN]],
  [23, 'int32', 'uint8', signed],
  [23, 'int32', 'int8', signed],
  [24, 'int32', 'int16', signed],
  [24, 'uint8', 'float32', bytes],
  [24, 'bool', 'int64', [0, 1, 1]],
  [24, 'int64', 'float32', [0, 2 ** 24 + 1, -(2 ** 31), 2 ** 31 - 1]],
  [24, 'int8', 'float16', [1, -128, 127]],
];

function cast([opset, from, to, values]: (typeof PAIRS)[number]): LaterCase {
  const attributes = { to: { i: ONNX_DATA_TYPE[to] } };
  const x = tensorOf(from, [values.length], values);
  return { name: `${from} to ${to}`, opset, node: node('Cast', 'x', 'y', attributes), inputs: { x } };
}

function castLike([opset, from, to, values]: (typeof PAIRS)[number]): LaterCase {
  const x = tensorOf(from, [values.length], values);
  const like = tensorOf(to, [1], [0]);
  const of = node('CastLike', 'x like', 'y');
  return { name: `${from} to ${to}`, opset, node: of, inputs: { x }, constants: { like } };
}

function constant(opset: number, value: Tensor): LaterCase {
  return { name: value.dtype, opset, node: node('Constant', '', 'y', { value: { t: value } }), inputs: {} };
}

const lone = (
  name: string,
  opset: number,
  attribute: { f: number } | { i: number } | { ints: number[] } | { floats: number[] },
): LaterCase => {
  const key = { f: 'value_float', i: 'value_int', ints: 'value_ints', floats: 'value_floats' };
  const [kind = ''] = Object.keys(attribute);
  const named = Object.entries(key).find(([of]) => of === kind)?.[1] ?? '';
  return { name, opset, node: node('Constant', '', 'y', { [named]: attribute }), inputs: {} };
};

testLaterOpsets({
  Cast: PAIRS.map(cast),
  CastLike: PAIRS.map(castLike),
  Constant: [
    constant(19, tensorOf('float32', [2, 2], [1, 2, 3, NaN])),
    constant(21, tensorOf('float16', [2], [0.5, -3])),
    constant(23, tensorOf('int8', [3], [1, -128, 127])),
    constant(24, tensorOf('bool', [0, 2], [])),
    lone('value_float', 24, { f: 0.1 }),
    lone('value_int', 24, { i: -5 }),
    lone('value_ints', 23, { ints: [1, 2, -3] }),
    lone('value_floats', 21, { floats: [0.25, -1] }),
  ],
});
