/** Cases of QuantizeLinear, DequantizeLinear and LookupTable: axes, blocks, ties, values beyond all types, NaN. */
import { range } from '../../../../src/util/arrays.ts';
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';
import { bytes, ROUNDINGS, type Byte } from '../../../helpers/quantised-case.ts';

interface Setup extends Partial<OpAttributes['QuantizeLinear']> {
  readonly scaleShape?: readonly number[];
  readonly scales?: readonly number[];
  readonly zeroPoint?: boolean;
  readonly values?: readonly number[];
}

const constant = (
  dtype: 'float32' | 'int16' | 'uint16' | Byte,
  shape: readonly number[],
  values: readonly number[],
): CaseInput => ({
  dtype,
  shape,
  values,
  constant: true,
});

const count = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

function quantizeCase(shape: readonly number[], setup: Setup = {}): OpCase<'QuantizeLinear'> {
  const { axis = 0, blockSize = 0, to = 'int8', rounding = 'float-even', scaleShape = [], zeroPoint = true } = setup;
  const n = count(scaleShape);
  const scales = setup.scales ?? range(n).map((i) => Math.fround(0.013 * (i + 1)));
  return {
    name: `[${shape}] to ${to}, ${rounding}, scales [${scaleShape}]${blockSize ? `, blocks of ${blockSize}` : ''}, axis ${axis}${setup.values ? ', values' : ''}, from ${scales[0]}`,
    op: 'QuantizeLinear',
    inputs: [
      { shape, low: -3, high: 3, ...(setup.values ? { values: setup.values } : {}) },
      constant('float32', scaleShape, scales),
      zeroPoint
        ? constant(
            to,
            scaleShape,
            range(n).map((i) => (i * 7 + 3) % 100),
          )
        : undefined,
    ],
    attributes: { axis, blockSize, to, rounding },
  };
}

/** Quotients that lie on, just before and just after halves, for a scale that no power of two divides. */
function nearTies(scale: number): number[] {
  const s = Math.fround(scale);
  return range(256).flatMap((i) => {
    const tie = Math.fround((i - 128 + 0.5) * s);
    const step = Math.abs(tie) * 2 ** -23;
    return [
      tie,
      Math.fround(tie + step),
      Math.fround(tie - step),
      Math.fround(tie + 2 * step),
      Math.fround(tie - 2 * step),
    ];
  });
}

/** The float32 just below a half, which a half more makes 1. */
const BELOW_HALF = 0.5 - 2 ** -25;

const EXTREMES = [
  NaN,
  Infinity,
  -Infinity,
  1e30,
  -1e30,
  0,
  -0,
  3.4e38,
  1e-42,
  0.5,
  1.5,
  -0.5,
  -1.5,
  2.5,
  BELOW_HALF,
  -BELOW_HALF,
];

export const quantizeLinearCases: readonly OpCase<'QuantizeLinear'>[] = [
  ...[...ROUNDINGS, 'float-away' as const].flatMap((rounding) => [
    quantizeCase([3, 5, 7], { rounding }),
    quantizeCase([1280], { rounding, scales: [0.037], values: nearTies(0.037) }),
    quantizeCase([1280], { rounding, scales: [0.0071], values: nearTies(0.0071), to: 'uint8' }),
    quantizeCase([EXTREMES.length], { rounding, scales: [1], values: EXTREMES }),
  ]),
  // Scales, and what is quantised, at the ends of float32, where an inverse is none.
  ...[2 ** 127, 1.5 * 2 ** 120, 2 ** -126, 3 * 2 ** -149, 2 ** -149].map((scale) => {
    const values = range(64).map((i) => Math.fround((i - 31) * 0.25 * scale));
    return quantizeCase([64], { scales: [scale], values });
  }),
  quantizeCase([2, 5, 3], { axis: 1, scaleShape: [5] }),
  quantizeCase([2, 5, 4], { axis: -1, scaleShape: [4], to: 'uint8' }),
  quantizeCase([3, 10, 4], { axis: 1, blockSize: 4, scaleShape: [3, 3, 4] }),
  quantizeCase([17], { zeroPoint: false }),
  ...(['xnnpack', 'tfl-double'] as const).flatMap((rounding) => [
    quantizeCase([3, 7], { rounding, to: 'int16', scales: [0.0001] }),
    quantizeCase([EXTREMES.length], { rounding, to: 'int16', scales: [1], values: EXTREMES }),
  ]),
];

function dequantizeCase(
  dtype: Byte | 'int16' | 'int32',
  shape: readonly number[],
  { axis = 0, blockSize = 0, scaleShape = [], zeroPoint = true }: Setup = {},
): OpCase<'DequantizeLinear'> {
  const n = count(scaleShape);
  const half = { int16: 2 ** 15, int32: 2 ** 31 };
  const x: CaseInput =
    dtype === 'int8' || dtype === 'uint8'
      ? bytes(dtype, shape)
      : { dtype, shape, low: -half[dtype], high: half[dtype] - 1 };
  return {
    name: `${dtype} [${shape}], scales [${scaleShape}]${blockSize ? `, blocks of ${blockSize}` : ''}, axis ${axis}`,
    op: 'DequantizeLinear',
    inputs: [
      x,
      constant(
        'float32',
        scaleShape,
        range(n).map((i) => Math.fround(0.013 * (i + 1))),
      ),
      zeroPoint && dtype !== 'int32'
        ? constant(
            dtype,
            scaleShape,
            range(n).map((i) => (i * 7 + 3) % 100),
          )
        : undefined,
    ],
    attributes: { axis, blockSize },
    tolerance: { rtol: 0, atol: 0 },
  };
}

export const dequantizeLinearCases: readonly OpCase<'DequantizeLinear'>[] = [
  dequantizeCase('int8', [3, 5, 7]),
  dequantizeCase('uint8', [4, 8], { axis: 1, scaleShape: [8] }),
  dequantizeCase('int8', [3, 10, 4], { axis: 1, blockSize: 4, scaleShape: [3, 3, 4] }),
  dequantizeCase('int32', [17]),
  dequantizeCase('int16', [3, 7]),
  dequantizeCase('uint8', [5], { zeroPoint: false }),
];

const table = (dtype: Byte | 'int32' | 'float32'): CaseInput => ({
  dtype,
  shape: [256],
  values: range(256).map((i) => (dtype === 'uint8' ? (i * 37) % 256 : ((i * 37) % 256) - 128)),
  constant: true,
});

export const lookupTableCases: readonly OpCase<'LookupTable'>[] = (
  [
    ['int8', 'int8'],
    ['uint8', 'uint8'],
    ['int8', 'uint8'],
    ['uint8', 'int32'],
    ['int8', 'float32'],
  ] as const
).flatMap(([from, to]) =>
  [[3, 5, 7], [4, 8], [1]].map((shape) => ({
    name: `${from} [${shape}] to ${to}`,
    op: 'LookupTable' as const,
    inputs: [bytes(from, shape), table(to)],
    attributes: {},
  })),
);
