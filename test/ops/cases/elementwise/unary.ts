/** Cases of the Unary operator: every kind, odd sizes and multiples of four, integers, non-finite elements. */
import type { UnaryKind } from '../../../../src/ir/ops.ts';
import { range } from '../../../../src/util/arrays.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';

/** What is exact relative to its result, whatever the operand. */
const OF_ANY_SIZE = ['tan', 'asin', 'acos', 'sinh', 'cosh', 'asinh', 'acosh', 'atanh'] as const;
type AnySizeKind = (typeof OF_ANY_SIZE)[number];

/** A range of floats each kind is defined on. */
const domains: { readonly [K in Exclude<UnaryKind, 'not' | AnySizeKind>]: readonly [number, number] } = {
  abs: [-3, 3],
  neg: [-3, 3],
  exp: [-8, 5],
  log: [0.01, 20],
  sqrt: [0, 20],
  rsqrt: [0.01, 20],
  reciprocal: [0.1, 5],
  square: [-3, 3],
  sign: [-3, 3],
  floor: [-5, 5],
  ceil: [-5, 5],
  round: [-5, 5],
  sin: [-3, 3],
  cos: [-3, 3],
  erf: [-3, 3],
  isNaN: [-1, 1],
};

const kinds = Object.entries(domains) as [UnaryKind, readonly [number, number]][];

/** Every size that a float32 can have, and multiples of π/2, near which the most digits cancel; of both signs. */
const ANGLES: readonly number[] = [
  ...range(82).map((i) => 1.37 * 10 ** ((i - 41) * 0.92)),
  ...range(60).map((i) => (i - 30) * (Math.PI / 2)),
  ...range(22).map((i) => 2 ** i * (Math.PI / 4)),
].flatMap((v) => [v, -v]);

/** Where one formula follows another, and where results leave the range. */
const EDGES: readonly number[] = [
  0,
  0.49999997,
  0.5,
  0.99999994,
  1,
  1.0000001,
  4096,
  4096.0005,
  88.8,
  89.4,
  89.41598,
  100,
  3.4028234663852886e38,
  Infinity,
];
/** Sizes from the smallest normal float32 to the largest, of both signs, and what is no number. */
const SIZES: readonly number[] = [
  ...range(250).map((i) => Math.fround(1.1 * 2 ** (i - 125))),
  ...range(176).map((i) => Math.fround(i * 0.51 + 0.13)),
  ...EDGES,
].flatMap((v) => [v, -v]);
/** Values about 1, where an inverse function ends or begins. */
const ABOUT_ONE: readonly number[] = range(120).map((i) => Math.fround(1 + ((i % 2) * 2 - 1) * 1.2 * 2 ** (-i / 5)));

function unary(name: string, kind: UnaryKind, input: CaseInput, noOracle?: string): OpCase<'Unary'> {
  return { name, op: 'Unary', inputs: [input], attributes: { kind }, ...(noOracle ? { noOracle } : {}) };
}

export const unaryCases: readonly OpCase<'Unary'>[] = [
  ...kinds.map(([kind, [low, high]]) => unary(`${kind} of 3x5x7`, kind, { shape: [3, 5, 7], low, high })),
  ...kinds.map(([kind, [low, high]]) => unary(`${kind} of 2x8`, kind, { shape: [2, 8], low, high })),
  unary('round half to even', 'round', { shape: [9], values: [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 0.49999997, 7] }),
  unary('floor of infinities and NaN', 'floor', { shape: [4], values: [Infinity, -Infinity, NaN, -0.5] }),
  unary('exp of extremes', 'exp', { shape: [4], values: [-Infinity, Infinity, NaN, 0] }),
  unary('log of zero', 'log', { shape: [3], values: [0, 1, Infinity] }),
  unary('log below zero and of NaN', 'log', { shape: [5], values: [-0, -1, -Infinity, NaN, -1e-38] }),
  unary('log of the smallest', 'log', { shape: [4], values: [1e-38, 1e-45, 1.2e-38, 3e38] }),
  unary('sign of NaN and infinities', 'sign', { shape: [5], values: [NaN, Infinity, -Infinity, -0, 2] }),
  ...(['sin', 'cos'] as const).flatMap((kind): OpCase<'Unary'>[] => [
    // Float32 to its last places, also near multiples of π/2: angles of any size are reduced exactly.
    {
      ...unary(`${kind} of any size`, kind, { shape: [8, 41], values: ANGLES }),
      tolerance: { rtol: 5e-7, atol: 1e-37 },
    },
    {
      ...unary(`${kind} of any size, one by one`, kind, { shape: [3], values: [1e5, -1e30, NaN] }),
      tolerance: { rtol: 5e-7, atol: 1e-37 },
    },
    unary(`${kind} of infinities`, kind, { shape: [4], values: [Infinity, -Infinity, NaN, -0] }),
  ]),
  unary('isNaN finds NaN only', 'isNaN', { shape: [5], values: [NaN, 0, Infinity, -Infinity, NaN] }),
  unary('isNaN in fours', 'isNaN', { shape: [4], values: [NaN, 0, Infinity, NaN] }),
  unary('not', 'not', { dtype: 'bool', shape: [3, 5] }),
  unary('not in fours', 'not', { dtype: 'bool', shape: [2, 4] }),
  unary('abs of int32', 'abs', { dtype: 'int32', shape: [7], low: -100, high: 100 }),
  unary('neg of int32', 'neg', { dtype: 'int32', shape: [8], low: -100, high: 100 }),
  unary('sign of int32', 'sign', { dtype: 'int32', shape: [5], low: -3, high: 3 }),
  unary('sign of uint32', 'sign', { dtype: 'uint32', shape: [5], low: 0, high: 3 }),
  unary(
    'square of int64 wraps',
    'square',
    { dtype: 'int64', shape: [3], values: [123457, -3, 65537] },
    'ONNX keeps 64 bits',
  ),
  unary('floor of int32', 'floor', { dtype: 'int32', shape: [3], values: [-3, 0, 9] }, 'ONNX floors floats only'),
  unary('scalar', 'sqrt', { shape: [], values: [9] }),
  unary('no elements', 'exp', { shape: [2, 0, 3] }),
  ...OF_ANY_SIZE.flatMap((kind): OpCase<'Unary'>[] => [
    {
      ...unary(`${kind} of any size`, kind, { shape: [SIZES.length / 4, 4], values: SIZES }),
      // Relative: zero is the only result whose digits may all be lost.
      tolerance: { rtol: 1e-6, atol: 1e-37 },
    },
    {
      ...unary(`${kind} about one, and of NaN`, kind, { shape: [121], values: [...ABOUT_ONE, NaN] }),
      tolerance: { rtol: 1e-6, atol: 1e-37 },
    },
    unary(`${kind} of 3x5x7`, kind, {
      shape: [3, 5, 7],
      low: kind === 'acosh' ? 1 : -0.9,
      high: kind === 'acosh' ? 3 : 0.9,
    }),
  ]),
  unary('tan of nothing', 'tan', { shape: [0, 4] }),
];
