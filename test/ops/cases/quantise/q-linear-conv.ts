/** Cases of QLinearConv: windows, groups, depthwise, types, zero points, rules, ties and extremes. */
import type { OpAttributes, Rounding } from '../../../../src/ir/ops.ts';
import { range } from '../../../../src/util/arrays.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { affine, bytes, rangeOf, ROUNDINGS, type Byte } from '../../../helpers/quantised-case.ts';

interface Setup extends Partial<OpAttributes['QLinearConv']> {
  readonly types?: readonly [x: Byte, w: Byte, y: Byte];
  readonly scales?: readonly [x: number, w: number | readonly number[], y: number];
  readonly zeroPoints?: readonly [x: number, w: number | readonly number[], y: number];
  readonly bias?: boolean;
  readonly xValues?: readonly number[];
  readonly wValues?: readonly number[];
}

function convCase(x: readonly number[], w: readonly number[], setup: Setup = {}): OpCase<'QLinearConv'> {
  const { types = ['int8', 'int8', 'int8'], scales = [0.02, 0.005, 0.05], zeroPoints = [3, 0, -5] } = setup;
  const { bias = true, xValues, wValues, ...given } = setup;
  const spatial = x.length - 2;
  const attributes: OpAttributes['QLinearConv'] = {
    strides: given.strides ?? range(spatial).map(() => 1),
    dilations: given.dilations ?? range(spatial).map(() => 1),
    pads: given.pads ?? range(2 * spatial).map(() => 0),
    padMode: 'explicit',
    group: given.group ?? 1,
    rounding: given.rounding ?? 'tfl-double',
    range: given.range ?? rangeOf(types[2]),
  };
  const { strides, dilations, pads, group, rounding } = attributes;
  return {
    name: `[${x}] ∗ [${w}], ${rounding}, ${types.join('·')}, strides ${strides}, dilations ${dilations}, pads ${pads}, group ${group}${bias ? ', bias' : ''}, scales ${scales.flat().slice(0, 4)}, zero points ${zeroPoints.flat().slice(0, 4)}${xValues ? ', extremes' : ''}`,
    op: 'QLinearConv',
    inputs: [
      bytes(types[0], x, xValues ? { values: xValues } : {}),
      ...affine(types[0], scales[0], zeroPoints[0]),
      bytes(types[1], w, { constant: true, ...(wValues ? { values: wValues } : {}) }),
      ...affine(types[1], scales[1], zeroPoints[1]),
      ...affine(types[2], scales[2], zeroPoints[2]),
      bias ? { dtype: 'int32', shape: [w.at(-1) ?? 1], low: -3000, high: 3000, constant: true } : undefined,
    ],
    attributes,
    noOracle: 'ONNX has no rule but its own, and channels first',
  };
}

const UNSIGNED: Setup = { types: ['uint8', 'uint8', 'uint8'], zeroPoints: [121, 137, 9] };

const perChannel = (m: number, rounding: Rounding): Setup => ({
  rounding,
  scales: [0.03, range(m).map((i) => Math.fround(0.001 * (i + 1))), 0.04],
});

/** Sums beyond 2²⁴: −128 · −128, as many as 33 · 33 · 16 times. */
const far = (rounding: Rounding): OpCase<'QLinearConv'> =>
  convCase([1, 33, 33, 16], [33, 33, 16, 4], {
    rounding,
    zeroPoints: [127, 0, 0],
    scales: [1, 1, 2 ** 16],
    bias: false,
    xValues: range(33 * 33 * 16).map((i) => (i % 7 === 0 ? -127 : -128)),
    wValues: range(33 * 33 * 16 * 4).map((i) => (i % 5 === 0 ? 127 : -128)),
  });

/** Power-of-two scales, so that many sums lie exactly between two integers. */
const ties = (rounding: Rounding, setup: Setup = {}): OpCase<'QLinearConv'> =>
  convCase([1, 8, 8, 4], [1, 1, 4, 8], {
    rounding,
    scales: [0.5, 0.25, 1],
    zeroPoints: [3, 0, -2],
    bias: false,
    ...setup,
  });

export const qLinearConvCases: readonly OpCase<'QLinearConv'>[] = [
  ...ROUNDINGS.flatMap((rounding) => [
    convCase([1, 5, 5, 8], [3, 3, 8, 12], { rounding, pads: [1, 1, 1, 1] }),
    convCase([2, 7, 6, 3], [3, 3, 3, 5], { rounding, pads: [0, 1, 2, 0], strides: [2, 1], ...UNSIGNED }),
    convCase([1, 6, 6, 4], [1, 1, 4, 8], perChannel(8, rounding)),
    convCase([1, 7, 7, 8], [3, 3, 1, 8], { ...perChannel(8, rounding), group: 8, pads: [1, 1, 1, 1], strides: [2, 2] }),
    ties(rounding),
    far(rounding),
  ]),
  ties('float-away'),
  convCase([1, 1, 1, 1], [1, 1, 1, 1]),
  convCase([3, 5, 7], [3, 7, 17]),
  convCase([1, 3, 3, 17], [3, 3, 17, 7], { pads: [1, 1, 1, 1] }),
  convCase([1, 17, 5, 5], [5, 3, 5, 3], { strides: [3, 2], pads: [2, 0, 1, 1] }),
  convCase([1, 9, 9, 8], [3, 3, 8, 4], { dilations: [2, 3], pads: [2, 2, 2, 2] }),
  convCase([1, 5, 5, 12], [3, 3, 4, 6], { group: 3 }),
  convCase([1, 5, 5, 6], [3, 3, 2, 12], { group: 3, pads: [1, 0, 0, 1], ...UNSIGNED }),
  convCase([1, 5, 5, 7], [3, 3, 1, 7], { group: 7, pads: [1, 1, 1, 1], ...UNSIGNED }),
  convCase([1, 5, 5, 4], [3, 3, 1, 16], { group: 4, pads: [1, 1, 1, 1] }),
  convCase([1, 4, 4, 8], [1, 1, 8, 8], { types: ['uint8', 'int8', 'uint8'], zeroPoints: [128, 0, 0] }),
  convCase([1, 4, 4, 6], [2, 2, 6, 4], { types: ['int8', 'uint8', 'int8'], zeroPoints: [-7, [1, 128, 200, 255], 4] }),
  convCase([1, 4, 4, 8], [1, 1, 8, 8], { range: [-5, 60] }),
  // A multiplier above one, and one so small that nothing is left.
  convCase([1, 4, 4, 3], [1, 1, 3, 4], { scales: [2, 3, 0.5] }),
  convCase([1, 4, 4, 3], [1, 1, 3, 4], { scales: [1e-6, 1e-6, 2] }),
  convCase([0, 4, 4, 4], [1, 1, 4, 4]),
];
