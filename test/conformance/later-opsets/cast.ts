/** Cast and CastLike of opset 19 to 24, between all types that the engine holds; Constant of those opsets. */
import { FLOATS, type DType } from '../../../src/core/dtype.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { at } from '../../../src/util/arrays.ts';
import { node } from '../../helpers/onnx-models.ts';
import { ONNX_DATA_TYPE } from '../../helpers/onnx-bytes.ts';
import { DTYPES } from '../support/support.ts';
import { alsoIn, type LaterCase, type LaterCases } from './later.ts';

/** Opsets that changed them. */
const CHANGED = [19, 21, 23, 24];

const near = [0, 1, -1, 2.5, -2.5, 100.75, -100.75, 0.49, -0.49];
const signed = [0, 1, -1, 127, -128, 1000, -40000, 70000];

type Pair = readonly [from: DType, to: DType, values: readonly number[]];

/** What the types' own samples do not have. */
const PAIRS: readonly Pair[] = [
  ['float32', 'int32', near],
  ['float32', 'int8', near],
  ['float32', 'float16', [...near, 65504, 70000, -70000, Infinity, NaN, 1e-8]],
  ['float16', 'int16', near],
  ['float32', 'bool', [...near, NaN]],
  ['float32', 'uint32', [0, 0.99, 2 ** 31, 2 ** 32 - 256, 7.5]],
  ['int32', 'uint8', signed],
  ['int32', 'int8', signed],
  ['int32', 'int16', signed],
  ['int64', 'uint16', signed],
  ['int64', 'float32', [0, 2 ** 24 + 1, -(2 ** 31), 2 ** 31 - 1]],
  ['int64', 'float16', [2049, 2051, -70000, 65519]],
];

/** Elements that every type has, as it has them: whole numbers, fractions where there are any, the ends of the smallest. */
function sample(dtype: DType): readonly number[] {
  if (dtype === 'bool') return [0, 1, 1, 0, 1];
  return FLOATS.includes(dtype) ? [0, 1, 2.5, 126.5, 0.25, 127] : [0, 1, 2, 126, 64, 127];
}

/** The element of the type that a number becomes, of those above: none is outside of its range. */
function become(to: DType, v: number): number {
  if (to === 'bool') return v === 0 ? 0 : 1;
  return FLOATS.includes(to) ? v : Math.trunc(v);
}

/** onnxruntime-web neither takes nor gives bfloat16. */
function answer(x: Tensor, to: DType): Pick<LaterCase, 'plain'> {
  if (x.dtype !== 'bfloat16' && to !== 'bfloat16') return {};
  const values = Array.from(x.data, (v) => become(to, v));
  return { plain: { why: 'onnxruntime-web has no bfloat16', outputs: [tensorOf(to, x.shape, values)] } };
}

function cast([from, to, values]: Pair, name = `${from} to ${to}`, opset = 19): LaterCase {
  const attributes = { to: { i: ONNX_DATA_TYPE[to] } };
  const x = tensorOf(from, [values.length], values);
  return { name, opset, node: node('Cast', 'x', 'y', attributes), inputs: { x }, ...answer(x, to) };
}

function castLike([from, to, values]: Pair, name = `${from} to ${to}`, opset = 19): LaterCase {
  const x = tensorOf(from, [values.length], values);
  const like = tensorOf(to, [1], [0]);
  const of = node('CastLike', 'x like', 'y');
  return { name, opset, node: of, inputs: { x }, constants: { like }, ...answer(x, to) };
}

/** Every type to every other; each opset has some of them. */
const MATRIX = DTYPES.flatMap((from) =>
  DTYPES.map((to) => ({ pair: [from, to, sample(from)] as const, name: `a sample of ${from} to ${to}` })),
).map((c, i) => ({ ...c, opset: at(CHANGED, i % CHANGED.length) }));

/** bfloat16 has eight digits: ties go to the even one, and what is beyond the largest is infinite. */
const rounding = tensorOf('float32', [8], [1.00390625, 1.01171875, 3.3895e38, 3.3963e38, NaN, -0.1, 65537, -1e-40]);
const brains: LaterCase = {
  name: 'float32 to bfloat16, rounded',
  opset: 19,
  node: node('Cast', 'x', 'y', { to: { i: ONNX_DATA_TYPE.bfloat16 } }),
  inputs: { x: rounding },
  plain: {
    why: 'onnxruntime-web has no bfloat16',
    outputs: [tensorOf('bfloat16', [8], [1, 1.015625, 3.3895313892515355e38, Infinity, NaN, -0.10009765625, 65536, 0])],
  },
};

function constant(value: Tensor): LaterCase {
  return { name: value.dtype, opset: 19, node: node('Constant', '', 'y', { value: { t: value } }), inputs: {} };
}

const lone = (
  name: string,
  attribute: { f: number } | { i: number } | { ints: number[] } | { floats: number[] },
): LaterCase => {
  const key = { f: 'value_float', i: 'value_int', ints: 'value_ints', floats: 'value_floats' };
  const [kind = ''] = Object.keys(attribute);
  const named = Object.entries(key).find(([of]) => of === kind)?.[1] ?? '';
  return { name, opset: 19, node: node('Constant', '', 'y', { [named]: attribute }), inputs: {} };
};

export const LATER_CAST: LaterCases = {
  Cast: [
    ...alsoIn(
      CHANGED,
      PAIRS.map((pair) => cast(pair)),
    ),
    ...MATRIX.map(({ pair, name, opset }) => cast(pair, name, opset)),
    brains,
  ],
  CastLike: [
    ...PAIRS.map((pair) => castLike(pair)),
    ...MATRIX.map(({ pair, name, opset }) => castLike(pair, name, opset)),
  ],
  Constant: alsoIn(CHANGED, [
    constant(tensorOf('float32', [2, 2], [1, 2, 3, NaN])),
    constant(tensorOf('float16', [2], [0.5, -3])),
    constant(tensorOf('int8', [3], [1, -128, 127])),
    constant(tensorOf('bool', [0, 2], [])),
    constant(tensorOf('uint16', [2], [65535, 1])),
    constant(tensorOf('uint64', [2], [2 ** 32 - 1, 1])),
    {
      ...constant(tensorOf('bfloat16', [2], [0.5, -3])),
      plain: { why: 'onnxruntime-web has no bfloat16', outputs: [tensorOf('bfloat16', [2], [0.5, -3])] },
    },
    lone('value_float', { f: 0.1 }),
    lone('value_int', { i: -5 }),
    lone('value_ints', { ints: [1, 2, -3] }),
    lone('value_floats', { floats: [0.25, -1] }),
  ]),
};
