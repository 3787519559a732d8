/** Cases of the Binary operator: every kind on its types, every way of broadcasting, fused activations. */
import { NO_ACTIVATION, RELU6, type Activation, type BinaryKind } from '../../../../src/ir/ops.ts';
import type { Shape } from '../../../../src/core/tensor.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

function binary(
  name: string,
  kind: BinaryKind,
  [a, b]: readonly [CaseInput, CaseInput],
  activation: Activation = NO_ACTIVATION,
): OpCase<'Binary'> {
  return { name, op: 'Binary', inputs: [a, b], attributes: { kind, activation } };
}

const float = (shape: Shape, low = -3, high = 3): CaseInput => ({ shape, low, high });
const int = (shape: Shape, low = -9, high = 9): CaseInput => ({ dtype: 'int32', shape, low, high });
const byte = (shape: Shape): CaseInput => ({ dtype: 'int8', shape, low: -128, high: 128 });
const bool = (shape: Shape): CaseInput => ({ dtype: 'bool', shape });

const arithmetic: readonly BinaryKind[] = ['add', 'sub', 'mul', 'div', 'min', 'max', 'squaredDifference'];
const divisions: readonly BinaryKind[] = ['div', 'floorDiv', 'floorMod', 'truncMod'];
const comparisons: readonly BinaryKind[] = ['equal', 'notEqual', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual'];
const bitwise: readonly BinaryKind[] = ['bitAnd', 'bitOr', 'bitXor'];
const logic: readonly BinaryKind[] = ['and', 'or', 'xor'];

const broadcasts: readonly (readonly [Shape, Shape])[] = [
  [[], []],
  [[], [3, 5]],
  [[7], []],
  [[2, 3, 8], [8]],
  [[8], [2, 3, 8]],
  [[2, 3, 5], [5]],
  [
    [2, 3, 5, 8],
    [2, 1, 1, 8],
  ],
  [
    [2, 3, 5, 7],
    [2, 1, 1, 7],
  ],
  [
    [2, 3, 4],
    [2, 3, 1],
  ],
  [
    [2, 1, 8],
    [1, 3, 1],
  ],
  [
    [5, 1],
    [1, 7],
  ],
  [
    [1, 3, 1, 5, 1, 4],
    [2, 1, 3, 1, 5, 4],
  ],
  [
    [2, 3, 2, 3, 2, 3],
    [3, 1, 3, 1, 3],
  ],
  [
    [0, 3],
    [1, 3],
  ],
  [[1], [0]],
];

/** Every pair of numbers that have rules of their own. */
const SPECIAL = [NaN, 0, -0, 1, -1, Infinity, -Infinity, 2, -2.5, 0.5, -8, 1e10, 1e-3];
const pairs = SPECIAL.flatMap((a) => SPECIAL.map((b) => [a, b] as const));
const EXTREMES = [0, 1, -1, 2, -3, 7, 2147483647, -2147483648];
const extremePairs = EXTREMES.flatMap((a) => EXTREMES.map((b) => [a, b] as const));
const columns = (of: readonly (readonly [number, number])[], dtype: 'float32' | 'int32'): [CaseInput, CaseInput] => [
  { dtype, shape: [of.length], values: of.map(([a]) => a) },
  { dtype, shape: [of.length], values: of.map(([, b]) => b) },
];

const signs = [-7, 7, -7, 7, 6, -6, 0, 2147483647];
const divisors = [2, 2, -2, -2, 3, 3, 5, -1];

export const binaryCases: readonly OpCase<'Binary'>[] = [
  ...arithmetic.map((kind) => binary(`${kind} of floats`, kind, [float([3, 5, 7]), float([3, 5, 7], 0.5, 3)])),
  ...arithmetic.map((kind) => binary(`${kind} of floats in fours`, kind, [float([2, 8]), float([2, 8], 0.5, 3)])),
  ...arithmetic.map((kind) => binary(`${kind} of int32`, kind, [int([3, 5]), int([3, 5], 1, 9)])),
  ...divisions.map((kind) =>
    binary(`${kind} of int32 signs`, kind, [
      { dtype: 'int32', shape: [8], values: signs },
      { dtype: 'int32', shape: [8], values: divisors },
    ]),
  ),
  ...divisions.map((kind) =>
    binary(`${kind} of uint32`, kind, [
      { dtype: 'uint32', shape: [3], values: [4294967295, 7, 9] },
      { dtype: 'uint32', shape: [3], values: [16, 2, 10] },
    ]),
  ),
  ...divisions.map((kind) =>
    binary(`${kind} of floats of both signs`, kind, [float([17], -20, 20), float([17], 0.7, 3)]),
  ),
  ...divisions.map((kind): OpCase<'Binary'> => ({
    ...binary(`${kind} of int32 by zero`, kind, [
      { dtype: 'int32', shape: [3], values: [-7, 0, 7] },
      { dtype: 'int32', shape: [3], values: [0, 0, 0] },
    ]),
    noOracle: 'division by zero is undefined in ONNX',
  })),
  ...comparisons.map((kind) => binary(`${kind} of floats`, kind, [float([5, 7]), float([7])])),
  ...comparisons.map((kind) => binary(`${kind} of int32 in fours`, kind, [int([4, 8], 0, 3), int([4, 8], 0, 3)])),
  ...comparisons.map((kind) =>
    binary(`${kind} of NaN and infinities`, kind, [
      { shape: [7], values: [NaN, NaN, 1, Infinity, -Infinity, Infinity, -0] },
      { shape: [7], values: [NaN, 1, NaN, Infinity, Infinity, 1, 0] },
    ]),
  ),
  ...logic.map((kind) => binary(kind, kind, [bool([5, 7]), bool([5, 7])])),
  ...logic.map((kind) => binary(`${kind} broadcast`, kind, [bool([5, 8]), bool([5, 1])])),
  ...broadcasts.map(([a, b]) => binary(`sub of ${a.join('x')} and ${b.join('x')}`, 'sub', [float(a), float(b)])),
  binary('pow of positive bases', 'pow', [float([3, 7], 0.1, 4), float([7], -2, 3)]),
  binary('pow of negative bases', 'pow', [
    { shape: [9], values: [-2, -2, -2, -2, 0, 0, 0, 1, -3] },
    { shape: [9], values: [2, 3, -1, 0.5, 0, 2, -1, NaN, 4] },
  ]),
  binary('pow by a scalar', 'pow', [float([2, 8], -3, 3), { shape: [], values: [2] }]),
  binary('pow of int32', 'pow', [
    { dtype: 'int32', shape: [8], values: [2, -3, 10, 7, 0, -1, 5, 1] },
    { dtype: 'int32', shape: [8], values: [10, 3, 9, 0, 0, 5, 1, 31] },
  ]),
  binary('pow of a float by int64', 'pow', [float([3, 5], -2, 2), { dtype: 'int64', shape: [5], low: 0, high: 4 }]),
  ...(['min', 'max', 'pow', 'truncMod'] as const).map((kind) =>
    binary(`${kind} of special floats`, kind, columns(pairs, 'float32')),
  ),
  ...[2, 4].map((count) => ({
    ...binary(
      `atan2 of special floats, ${count} columns`,
      'atan2',
      columns(pairs.slice(0, pairs.length - (pairs.length % count)), 'float32'),
    ),
    noOracle: 'ONNX has no such function of signed zeros',
  })),
  binary('atan2 in all quadrants', 'atan2', [float([33, 7]), float([33, 7])]),
  binary('atan2 of steep and flat points', 'atan2', [
    { shape: [8], values: [1e30, -1e30, 1e-30, 1e38, 3e38, -3e38, 1e-3, 1] },
    { shape: [8], values: [1e-30, 1e30, -1e30, -1e38, 1e-3, -3e38, 1, -1e-7] },
  ]),
  binary('truncMod in fours', 'truncMod', [float([4, 8], -1e6, 1e6), float([8], -3, 3)]),
  // The exact remainders, also of quotients beyond 2²⁴.
  {
    ...binary('truncMod of large quotients', 'truncMod', [
      { shape: [5], values: [1e10, 1e30, -1e10, 1e20, 16777217] },
      { shape: [5], values: [3, 7, 3, 0.1, 2] },
    ]),
    tolerance: { rtol: 0, atol: 0 },
  },
  ...divisions.map((kind): OpCase<'Binary'> => ({
    ...binary(`${kind} of extreme int32`, kind, columns(extremePairs, 'int32')),
    noOracle: 'division by zero, and of the lowest by −1, are undefined in ONNX',
  })),
  binary('min keeps NaN', 'min', [
    { shape: [5], values: [NaN, 1, Infinity, -Infinity, NaN] },
    { shape: [5], values: [1, NaN, 2, NaN, NaN] },
  ]),
  binary('max keeps NaN in fours', 'max', [
    { shape: [4], values: [NaN, 1, Infinity, -Infinity] },
    { shape: [4], values: [1, NaN, 2, NaN] },
  ]),
  ...(['min', 'max'] as const).map((kind): OpCase<'Binary'> => ({
    ...binary(`${kind} of int8 broadcast`, kind, [byte([2, 3, 5]), byte([5])]),
    noOracle: 'onnxruntime has none of int8',
  })),
  {
    ...binary('max of int8 in fours', 'max', [byte([3, 8]), byte([3, 8])]),
    noOracle: 'onnxruntime has none of int8',
  },
  binary('div by zero', 'div', [
    { shape: [3], values: [1, -1, 0] },
    { shape: [1], values: [0] },
  ]),
  {
    ...binary('mul of int32 wraps', 'mul', [
      { dtype: 'int32', shape: [3], values: [123456789, -65537, 2147483647] },
      { dtype: 'int32', shape: [3], values: [987654321, 65537, 2] },
    ]),
    noOracle: 'signed overflow is undefined in ONNX',
  },
  binary('sub of uint32 wraps', 'sub', [
    { dtype: 'uint32', shape: [2], values: [1, 4294967295] },
    { dtype: 'uint32', shape: [2], values: [2, 1] },
  ]),
  binary('add then relu6', 'add', [float([3, 5, 7], -9, 9), float([7])], RELU6),
  binary('mul then swish in fours', 'mul', [float([3, 8]), float([8])], { kind: 'swish', alpha: 0, beta: 0 }),
  binary('add then gelu', 'add', [float([2, 8]), float([2, 8])], { kind: 'gelu', alpha: 0, beta: 0 }),
  binary('large', 'add', [float([33, 1031]), float([1031])]),
  ...bitwise.flatMap((kind) => [
    ...(['int32', 'int64', 'int16', 'int8'] as const).map((dtype) =>
      binary(`${kind} of ${dtype} broadcast`, kind, [
        { dtype, shape: [3, 1, 7], low: -128, high: 127 },
        { dtype, shape: [5, 1], low: -128, high: 127 },
      ]),
    ),
    binary(`${kind} of uint8 in fours`, kind, [
      { dtype: 'uint8', shape: [3, 8], low: 0, high: 255 },
      { dtype: 'uint8', shape: [3, 8], low: 0, high: 255 },
    ]),
    binary(`${kind} of uint32 and a scalar`, kind, [
      { dtype: 'uint32', shape: [5], values: [4294967295, 0, 2147483648, 1, 305419896] },
      { dtype: 'uint32', shape: [], values: [4042322160] },
    ]),
    binary(`${kind} of extreme int32`, kind, columns(extremePairs, 'int32')),
    binary(`${kind} of nothing`, kind, [int([0, 3]), int([1, 3])]),
  ]),
];
