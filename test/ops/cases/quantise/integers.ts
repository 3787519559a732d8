/** Cases of DynamicQuantizeLinear, ConvInteger and MatMulInteger. */
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import { product, range } from '../../../../src/util/arrays.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';
import { bytes, type Byte } from '../../../helpers/quantised-case.ts';

const EXACT = { rtol: 0, atol: 0 };

const dynamicCase = (
  name: string,
  shape: readonly number[],
  given: Partial<CaseInput> = {},
): OpCase<'DynamicQuantizeLinear'> => ({
  name: `${name} [${shape}]`,
  op: 'DynamicQuantizeLinear',
  inputs: [{ shape, low: -3, high: 5, ...given }],
  attributes: {},
  outputCount: 3,
  tolerance: EXACT,
});

/** Every multiple of a scale, and halves between, from a zero point on. */
const halves = (scale: number, zeroPoint: number): number[] =>
  range(511).map((i) => Math.fround(scale * (i / 2 - zeroPoint)));

export const dynamicQuantizeLinearCases: readonly OpCase<'DynamicQuantizeLinear'>[] = [
  dynamicCase('both signs', [3, 5, 7]),
  dynamicCase('positive', [17], { low: 1, high: 2 }),
  dynamicCase('negative', [2, 8], { low: -2, high: -1 }),
  dynamicCase('zeros', [5], { values: [0, 0, 0, 0, 0] }),
  dynamicCase('a scalar', []),
  dynamicCase('nothing', [0, 3]),
  dynamicCase('thousands', [3, 70, 333]),
  dynamicCase('a zero point on a half', [4], { values: [-0.5, 254.5, 1, 2] }),
  dynamicCase('a zero point on another half', [4], { values: [-1.5, 253.5, 1, 2] }),
  dynamicCase('ties', [511], { values: halves(0.25, 100) }),
  dynamicCase('near ties', [511], { values: halves(0.0371, 77) }),
  dynamicCase('a range beyond float32', [3], { values: [3e38, -3e38, 1] }),
  dynamicCase('a subnormal scale', [2], { values: [1e-37, -1e-37] }),
  dynamicCase('infinite', [3], { values: [Infinity, 1, -1] }),
  dynamicCase('infinite below', [2], { values: [-Infinity, 1] }),
  {
    ...dynamicCase('not a number', [4], { values: [1, NaN, -1, 0.5] }),
    noOracle: 'onnxruntime passes over NaN, or gives it, as its vectors lie',
  },
];

interface Setup extends Partial<OpAttributes['ConvInteger']> {
  readonly types?: readonly [Byte, Byte];
  readonly zeroPoints?: readonly [x?: number, w?: number | readonly number[]];
  readonly constant?: boolean;
}

function zero(dtype: Byte, value: number | readonly number[] | undefined, constant = false): CaseInput | undefined {
  if (value === undefined) return undefined;
  const values = typeof value === 'number' ? [value] : value;
  return { dtype, shape: typeof value === 'number' ? [] : [values.length], values, constant };
}

function convCase(x: readonly number[], w: readonly number[], setup: Setup = {}): OpCase<'ConvInteger'> {
  const { types = ['uint8', 'uint8'], zeroPoints = [], constant = true } = setup;
  const spatial = range(x.length - 2);
  const attributes: OpAttributes['ConvInteger'] = {
    strides: setup.strides ?? spatial.map(() => 1),
    dilations: setup.dilations ?? spatial.map(() => 1),
    pads: setup.pads ?? [...spatial, ...spatial].map(() => 0),
    padMode: setup.padMode ?? 'explicit',
    group: setup.group ?? 1,
  };
  const { strides, dilations, pads, padMode, group } = attributes;
  return {
    name: `[${x}] ∗ [${w}], ${types.join('·')}, strides ${strides}, dilations ${dilations}, pads ${padMode} ${pads}, group ${group}, zero points ${zeroPoints.flat().slice(0, 4)}, weights ${constant ? 'constant' : 'computed'}`,
    op: 'ConvInteger',
    inputs: [
      bytes(types[0], x),
      bytes(types[1], w, constant ? { constant } : {}),
      zero(types[0], zeroPoints[0]),
      zero(types[1], zeroPoints[1], constant),
    ],
    attributes,
    ...(types[0] === 'int8' ? { noOracle: 'onnxruntime has no ConvInteger of int8 pictures' } : {}),
    ...(Array.isArray(zeroPoints[1]) ? { noOracle: 'onnxruntime has one zero point for all weights' } : {}),
  };
}

export const convIntegerCases: readonly OpCase<'ConvInteger'>[] = [true, false].flatMap((constant) => [
  convCase([1, 5, 5, 8], [3, 3, 8, 12], { pads: [1, 1, 1, 1], zeroPoints: [121, 137], constant }),
  convCase([2, 7, 6, 3], [3, 3, 3, 5], { pads: [0, 1, 2, 0], strides: [2, 1], zeroPoints: [121], constant }),
  convCase([1, 6, 6, 4], [1, 1, 4, 8], { types: ['uint8', 'int8'], constant }),
  convCase([1, 7, 7, 8], [3, 3, 1, 8], {
    group: 8,
    pads: [1, 1, 1, 1],
    strides: [2, 2],
    zeroPoints: [255, 0],
    constant,
  }),
  convCase([3, 5, 7], [3, 7, 17], { zeroPoints: [7, 200], constant }),
  convCase([1, 9, 9, 8], [3, 3, 8, 4], { dilations: [2, 3], pads: [2, 2, 2, 2], zeroPoints: [3], constant }),
  convCase([1, 5, 5, 6], [3, 3, 2, 12], {
    group: 3,
    pads: [1, 0, 0, 1],
    types: ['int8', 'int8'],
    zeroPoints: [-5, 3],
    constant,
  }),
  convCase([1, 4, 4, 6], [2, 2, 6, 4], { types: ['int8', 'uint8'], zeroPoints: [-7, [1, 128, 200, 255]], constant }),
  convCase([1, 5, 4, 3], [3, 2, 3, 4], { padMode: 'sameUpper', zeroPoints: [9], constant }),
  convCase([1, 1, 1, 1], [1, 1, 1, 1], { constant }),
  convCase([0, 4, 4, 4], [1, 1, 4, 4], { constant }),
]);

function matMulCase(
  a: readonly number[],
  b: readonly number[],
  {
    types = ['uint8', 'int8'],
    za,
    zb,
    constant = true,
  }: {
    types?: readonly [Byte, Byte];
    za?: CaseInput | undefined;
    zb?: CaseInput | undefined;
    constant?: boolean;
  } = {},
): OpCase<'MatMulInteger'> {
  return {
    name: `[${a}]·[${b}], ${types.join('·')}, zero points ${za ? `[${za.shape}]` : '-'} ${zb ? `[${zb.shape}]` : '-'}, b ${constant ? 'constant' : 'computed'}`,
    op: 'MatMulInteger',
    inputs: [bytes(types[0], a), bytes(types[1], b, constant ? { constant } : {}), za, zb],
    attributes: {},
    ...(za && za.shape.length > 0 ? { noOracle: 'onnxruntime has one zero point for all of a' } : {}),
  };
}

const highest = (shape: readonly number[], known: boolean): CaseInput =>
  bytes('uint8', shape, { values: range(product(shape)).map(() => 255), ...(known ? { constant: true } : {}) });

/** Sums beyond int32. */
const wrapping = (constant: boolean): OpCase<'MatMulInteger'> => ({
  ...matMulCase([2, 40_000], [40_000, 3], { types: ['uint8', 'uint8'], constant }),
  inputs: [highest([2, 40_000], false), highest([40_000, 3], constant)],
});

export const matMulIntegerCases: readonly OpCase<'MatMulInteger'>[] = [true, false].flatMap((constant) => [
  matMulCase([5, 7], [7, 3], { constant }),
  matMulCase([5, 7], [7, 3], { za: bytes('uint8', []), zb: bytes('int8', []), constant }),
  matMulCase([17, 33], [33, 8], { za: bytes('uint8', []), zb: bytes('int8', [8]), constant }),
  matMulCase([4, 8], [8, 5], { za: bytes('uint8', [4, 1]), zb: bytes('int8', [5]), constant }),
  matMulCase([2, 3, 8], [8, 5], { za: bytes('uint8', [2, 3, 1]), zb: bytes('int8', [5]), constant }),
  matMulCase([2, 1, 3, 8], [4, 8, 5], { za: bytes('uint8', []), zb: bytes('int8', [4, 1, 5]), constant }),
  matMulCase([3, 2, 4], [3, 4, 5], {
    types: ['int8', 'uint8'],
    za: bytes('int8', []),
    zb: bytes('uint8', []),
    constant,
  }),
  matMulCase([7], [7, 3], { za: bytes('uint8', []), constant }),
  matMulCase([5, 7], [7], { types: ['uint8', 'uint8'], zb: bytes('uint8', []), constant }),
  matMulCase([0, 3], [3, 4], { constant }),
  wrapping(constant),
  matMulCase([1, 1500], [1500, 4], { types: ['int8', 'int8'], zb: bytes('int8', [4]), constant }),
]);
