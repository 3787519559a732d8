/** Cases of QLinearConvTranspose: strides, cuts, groups, types, zero points and rules. */
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import { range } from '../../../../src/util/arrays.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { affine, bytes, rangeOf, ROUNDINGS, type Byte } from '../../../helpers/quantised-case.ts';

interface Setup extends Partial<OpAttributes['QLinearConvTranspose']> {
  readonly type?: Byte;
  readonly zeroPoints?: readonly [x: number, w: number, y: number];
}

function transposeCase(x: readonly number[], w: readonly number[], setup: Setup = {}): OpCase<'QLinearConvTranspose'> {
  const { type = 'int8', zeroPoints = [3, 0, -5], ...given } = setup;
  const spatial = x.length - 2;
  const attributes: OpAttributes['QLinearConvTranspose'] = {
    strides: range(spatial).map(() => 1),
    dilations: range(spatial).map(() => 1),
    pads: range(2 * spatial).map(() => 0),
    autoPad: 'explicit',
    outputPads: range(spatial).map(() => 0),
    outputShape: [],
    group: 1,
    rounding: 'tfl-double',
    range: rangeOf(type),
    ...given,
  };
  const { strides, pads, group, rounding, autoPad } = attributes;
  return {
    name: `[${x}] ∗ᵀ [${w}], ${rounding}, ${type}, strides ${strides}, pads ${pads}, ${autoPad}, group ${group}, dilations ${attributes.dilations}`,
    op: 'QLinearConvTranspose',
    inputs: [
      bytes(type, x),
      ...affine(type, 0.02, zeroPoints[0]),
      bytes(type, w, { constant: true }),
      ...affine(type, 0.005, zeroPoints[1]),
      ...affine(type, 0.05, zeroPoints[2]),
      { dtype: 'int32', shape: [w.at(-1) ?? 1], low: -3000, high: 3000, constant: true },
    ],
    attributes,
    noOracle: 'ONNX has no such operator',
  };
}

export const qLinearConvTransposeCases: readonly OpCase<'QLinearConvTranspose'>[] = [
  ...ROUNDINGS.map((rounding) => transposeCase([1, 4, 5, 8], [3, 3, 8, 4], { rounding, strides: [2, 2] })),
  transposeCase([2, 3, 3, 5], [2, 3, 5, 7], { strides: [2, 1], pads: [0, 1, 1, 0] }),
  transposeCase([1, 5, 5, 4], [3, 3, 4, 6], { autoPad: 'sameUpper', strides: [2, 2], outputShape: [10, 9] }),
  transposeCase([1, 3, 4, 6], [3, 2, 3, 8], { group: 2, type: 'uint8', zeroPoints: [100, 130, 128], strides: [3, 2] }),
  transposeCase([1, 4, 4, 3], [3, 3, 3, 3], { dilations: [2, 2], type: 'uint8', zeroPoints: [0, 255, 7] }),
  transposeCase([1, 7, 3], [4, 3, 5], { strides: [2], outputPads: [1] }),
  transposeCase([2, 5, 4, 4], [4, 4, 4, 8], { strides: [2, 2], pads: [5, 1, 1, 3], zeroPoints: [3, 7, -5] }),
  transposeCase([1, 3, 7, 5], [5, 3, 5, 3], {
    strides: [3, 2],
    pads: [1, 1, 1, 0],
    type: 'uint8',
    zeroPoints: [9, 131, 128],
  }),
  // One channel, and phases without a tap; cells that reach beyond the input, each of which sees one pixel.
  transposeCase([1, 2, 3, 5], [1, 1, 5, 1], { strides: [2, 1], outputPads: [1, 0] }),
  transposeCase([2, 5, 2], [2, 2, 16], { strides: [3], autoPad: 'sameLower', outputPads: [2] }),
];
