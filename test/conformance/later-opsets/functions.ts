/** Bits of integers (opset 18), infinities (20), hyperbolic and inverse functions (22), Swish (24), and Dropout that is told at run time whether it trains. */
import type { DType } from '../../../src/core/dtype.ts';
import { tensorOf, type Shape, type Tensor } from '../../../src/core/tensor.ts';
import { product, range } from '../../../src/util/arrays.ts';
import type { OnnxNode } from '../../helpers/onnx-bytes.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import type { LaterCase, LaterCases } from './later.ts';

/** Integers that use every bit of their type. */
const BITS: Readonly<Partial<Record<DType, number>>> = {
  uint8: 8,
  int8: 8,
  int16: 16,
  int32: 32,
  int64: 32,
  uint32: 32,
};

function bits(dtype: DType, shape: Shape, step = 0x9e3779b1): Tensor {
  const shift = 32 - (BITS[dtype] ?? 0);
  const unsigned = dtype.startsWith('u');
  const values = range(product(shape)).map((i) => Math.imul(i + 1, step));
  return tensorOf(
    dtype,
    shape,
    values.map((v) => (unsigned ? v >>> shift : v >> shift)),
  );
}

function bitwise(op: string): LaterCase[] {
  const pair = (name: string, a: Tensor, b: Tensor): LaterCase => {
    return { name, opset: 18, node: node(op, 'a b', 'y'), inputs: { a, b } };
  };
  return [
    ...(Object.keys(BITS) as DType[]).map((dtype) =>
      pair(`${dtype}, both broadcast`, bits(dtype, [3, 1, 7]), bits(dtype, [5, 1], 77_777_777)),
    ),
    pair('in fours', bits('int32', [2, 8]), bits('int32', [2, 8], 77_777_777)),
    pair('a scalar', bits('uint8', []), bits('uint8', [17])),
    pair('no elements', bits('int64', [0, 3]), bits('int64', [3])),
  ];
}

const odd = tensorOf('float32', [9], [NaN, Infinity, -Infinity, 0, -0, 1e-30, -1e-30, 3e38, -3e38]);
const infinite = (attributes: OnnxNode['attributes'], name: string): LaterCase[] => [
  { name: `floats, ${name}`, opset: 20, node: node('IsInf', 'x', 'y', attributes), inputs: { x: odd } },
  {
    name: `halves, ${name}`,
    opset: 20,
    node: node('IsInf', 'x', 'y', attributes),
    inputs: { x: tensorOf('float16', [2, 3], [Infinity, 1, -Infinity, NaN, 65504, -2]) },
  },
];
const one = (sign: 'positive' | 'negative') => ({ [`detect_${sign}`]: { i: 0 } });

/** Inside and outside of where each is a number. */
function floats(op: string): LaterCase[] {
  const inputs: Readonly<Record<string, Tensor>> = {
    image: wave([2, 3, 5, 7]),
    'in fours': wave([3, 8]),
    scalar: wave([]),
    'no elements': wave([2, 0, 3]),
    'what is no number, or extreme': odd,
    'about one': tensorOf('float32', [7], [1, -1, 0.99999994, -0.99999994, 1.0000001, 1.5, 20]),
  };
  return Object.entries(inputs).map(([name, x]) => ({ name, opset: 22, node: node(op, 'x', 'y'), inputs: { x } }));
}

/** onnxruntime-web has no Swish. */
function swish(name: string, x: Tensor, alpha?: number): LaterCase {
  const data = Float32Array.from(x.data, (v) => (v === -Infinity ? NaN : v / (1 + Math.exp(-(alpha ?? 1) * v))));
  return {
    name,
    opset: 24,
    node: node('Swish', 'x', 'y', alpha === undefined ? {} : { alpha: { f: alpha } }),
    inputs: { x },
    plain: { why: 'onnxruntime has none', outputs: [{ ...x, data }] },
  };
}

const bool = (value: number): Tensor => tensorOf('bool', [], [value]);

function dropout(name: string, outputs: string, feeds: Readonly<Record<string, Tensor>>): LaterCase {
  const inputs = ['x', 'ratio' in feeds ? 'ratio' : '', 'training'].join(' ');
  return { name, opset: 22, node: node('Dropout', inputs, outputs), inputs: { x: wave([2, 3, 5]), ...feeds } };
}

export const LATER_FUNCTIONS: LaterCases = {
  BitwiseAnd: bitwise('BitwiseAnd'),
  BitwiseOr: bitwise('BitwiseOr'),
  BitwiseXor: bitwise('BitwiseXor'),
  BitwiseNot: (Object.keys(BITS) as DType[]).map((dtype) => ({
    name: dtype,
    opset: 18,
    node: node('BitwiseNot', 'x', 'y'),
    inputs: { x: bits(dtype, [3, 7]) },
  })),
  IsInf: [
    ...infinite({}, 'of either sign'),
    ...infinite(one('positive'), 'below'),
    ...infinite(one('negative'), 'above'),
    ...infinite({ ...one('positive'), ...one('negative') }, 'of neither sign'),
  ],
  Tan: floats('Tan'),
  Asin: floats('Asin'),
  Acos: floats('Acos'),
  Sinh: floats('Sinh'),
  Cosh: floats('Cosh'),
  Asinh: floats('Asinh'),
  Acosh: floats('Acosh'),
  Atanh: floats('Atanh'),
  Swish: [
    swish('image', wave([2, 3, 5, 7])),
    swish('in fours', wave([2, 8])),
    swish('no elements', wave([0, 3])),
    swish('another alpha', wave([3, 5, 7]), 1.702),
    swish('a negative alpha', wave([17]), -0.5),
    swish('alpha 0', wave([17]), 0),
    swish('a scalar', wave([]), 2),
  ],
  Det: [
    [1, 1],
    [2, 2],
    [5, 5],
    [3, 2, 4, 4],
    [2, 7, 7],
    [0, 3, 3],
  ].map((shape) => ({
    name: `[${shape.join(', ')}]`,
    opset: 22,
    node: node('Det', 'x', 'y'),
    inputs: { x: wave(shape) },
    terms: 30,
  })),
  Dropout: [
    dropout('told not to train', 'y', { ratio: tensorOf('float32', [], [0.5]), training: bool(0) }),
    dropout('told not to train, with a mask', 'y mask', { ratio: tensorOf('float32', [], [0.5]), training: bool(0) }),
    dropout('told to drop nothing', 'y', { ratio: tensorOf('float32', [], [0]), training: bool(1) }),
    dropout('told to drop nothing, with a mask', 'y mask', { ratio: tensorOf('float32', [], [0]), training: bool(1) }),
    dropout('without a ratio', 'y mask', { training: bool(0) }),
    dropout('half a ratio', 'y', { ratio: tensorOf('float16', [], [0]), training: bool(0) }),
  ],
};
