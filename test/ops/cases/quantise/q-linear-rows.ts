/** Cases of quantised reductions, pools, softmax, norms and resizes. */
import type { OpAttributes } from '../../../../src/ir/ops.ts';
import type { OpCase } from '../../../helpers/op-case.ts';
import { affine, bytes, rangeOf, type Byte } from '../../../helpers/quantised-case.ts';

const operands = (
  type: Byte,
  shape: readonly number[],
  scales: readonly [x: number, y: number],
  zeroPoints: readonly [x: number, y: number] = type === 'int8' ? [3, -5] : [121, 9],
): OpCase['inputs'] => [
  bytes(type, shape),
  ...affine(type, scales[0], zeroPoints[0]),
  ...affine(type, scales[1], zeroPoints[1]),
];

function reduceCase(
  kind: 'mean' | 'sum',
  shape: readonly number[],
  axes: readonly number[],
  {
    type = 'int8',
    rounding = 'tfl-double',
    keepDims = true,
    result = kind === 'sum' ? 0.3 : 0.015,
  }: Partial<OpAttributes['QLinearReduce']> & { type?: Byte; result?: number } = {},
): OpCase<'QLinearReduce'> {
  return {
    name: `${kind} of [${shape}] over ${axes}, ${rounding}, ${type}${keepDims ? '' : ', dropped'}${result < 1e-6 ? `, result ${result}` : ''}`,
    op: 'QLinearReduce',
    inputs: operands(type, shape, [0.02, result]),
    attributes: { kind, axes, keepDims, rounding, range: rangeOf(type) },
    noOracle: 'ONNX has no such operator',
  };
}

export const qLinearReduceCases: readonly OpCase<'QLinearReduce'>[] = [
  ...(['tfl-double', 'xnnpack', 'float-even'] as const).flatMap((rounding) => [
    reduceCase('mean', [2, 7, 7, 12], [1, 2], { rounding }),
    reduceCase('mean', [3, 5, 17], [2], { rounding, type: 'uint8' }),
    reduceCase('mean', [3, 5, 4], [1], { rounding, keepDims: false }),
    reduceCase('mean', [4, 14, 5], [1], { rounding, type: 'uint8' }),
    reduceCase('sum', [2, 3, 5, 7], [1, 3], { rounding }),
  ]),
  reduceCase('mean', [9], []),
  // Beyond int32 before they are held in the type.
  reduceCase('sum', [8, 5], [0], { rounding: 'xnnpack', result: 1e-10 }),
  reduceCase('mean', [8, 5], [1], { rounding: 'xnnpack', result: 1e-10 }),
];

function poolCase(
  shape: readonly number[],
  kernel: readonly number[],
  { type = 'int8', ...given }: Partial<OpAttributes['QLinearAveragePool']> & { type?: Byte } = {},
): OpCase<'QLinearAveragePool'> {
  const attributes: OpAttributes['QLinearAveragePool'] = {
    kernel,
    strides: kernel.map(() => 1),
    dilations: kernel.map(() => 1),
    pads: kernel.flatMap(() => [0, 0]),
    padMode: 'explicit',
    ceilMode: false,
    countIncludePad: false,
    rounding: 'tfl-double',
    range: rangeOf(type),
    ...given,
  };
  const { strides, pads, countIncludePad, ceilMode } = attributes;
  return {
    name: `[${shape}] by ${kernel}, ${type}, strides ${strides}, pads ${pads}${countIncludePad ? ', pads counted' : ''}${ceilMode ? ', ceil' : ''}`,
    op: 'QLinearAveragePool',
    inputs: operands(type, shape, [0.02, 0.02], type === 'int8' ? [3, 3] : [7, 7]),
    attributes,
    noOracle: 'ONNX has no such rule',
  };
}

export const qLinearAveragePoolCases: readonly OpCase<'QLinearAveragePool'>[] = [
  poolCase([1, 6, 6, 8], [2, 2], { strides: [2, 2] }),
  poolCase([2, 5, 7, 3], [3, 2], { pads: [1, 1, 1, 0], type: 'uint8' }),
  poolCase([1, 5, 5, 4], [3, 3], { pads: [1, 1, 1, 1], countIncludePad: true }),
  poolCase([1, 5, 5, 5], [2, 2], { strides: [2, 2], ceilMode: true, range: [-20, 20] }),
  poolCase([1, 7, 4], [7]),
];

function softmaxCase(
  shape: readonly number[],
  scale: number,
  {
    type = 'int8',
    axis = -1,
    log = false,
    beta = 1,
    rounding = 'tfl-double',
  }: Partial<OpAttributes['QLinearSoftmax']> & { type?: Byte } = {},
): OpCase<'QLinearSoftmax'> {
  const [lowest] = rangeOf(type);
  return {
    name: `${log ? 'log-softmax' : 'softmax'} of [${shape}] along ${axis}, ${type}, scale ${scale}, beta ${beta}${rounding === 'xnnpack' ? ', shipped' : ''}`,
    op: 'QLinearSoftmax',
    inputs: operands(type, shape, [scale, log ? 1 / 16 : 1 / 256], [3, log ? lowest + 255 : lowest]),
    attributes: { axis, beta, log, rounding, range: rangeOf(type) },
    noOracle: 'ONNX has no such rule',
  };
}

export const qLinearSoftmaxCases: readonly OpCase<'QLinearSoftmax'>[] = [false, true].flatMap((log) => [
  softmaxCase([3, 10], 0.1, { log }),
  softmaxCase([2, 1001], 0.05, { log, type: 'uint8' }),
  softmaxCase([2, 5, 3], 0.3, { log, axis: 1, beta: 2 }),
  softmaxCase([5, 8], 0.004, { log }),
  softmaxCase([1, 4], 3, { log }),
  softmaxCase([9, 7], 1 / 16, { log, rounding: 'xnnpack' }),
  softmaxCase([9, 300], 0.3, { log, rounding: 'xnnpack' }),
  // Sums with more than 31 bits, and with more than 32.
  softmaxCase([2, 5000], 1e-4, { log }),
  softmaxCase([1, 9000], 1e-4, { log }),
]);

export const qLinearL2NormalizationCases: readonly OpCase<'QLinearL2Normalization'>[] = [
  [3, 5, 7],
  [2, 128],
  [4, 1],
].flatMap((shape) =>
  (['int8', 'uint8'] as const).map((type) => ({
    name: `[${shape}], ${type}`,
    op: 'QLinearL2Normalization' as const,
    inputs: operands(type, shape, [0.02, 1 / 128], [3, type === 'int8' ? 0 : 128]),
    attributes: { axis: -1, rounding: 'tfl-double' as const, range: rangeOf(type) },
    noOracle: 'ONNX has no such operator',
  })),
);

export const qLinearResizeCases: readonly OpCase<'QLinearResize'>[] = (['tfl-double', 'xnnpack'] as const).flatMap(
  (rounding) =>
    (['int8', 'uint8'] as const).flatMap((type) =>
      (['asymmetric', 'half_pixel', 'align_corners'] as const).flatMap((coordinateMode) =>
        (
          [
            [
              [1, 4, 5, 8],
              [7, 11],
            ],
            [
              [2, 7, 3, 3],
              [3, 5],
            ],
            [
              [1, 1, 6, 5],
              [1, 1],
            ],
          ] as const
        ).map(([shape, sizes]) => ({
          name: `[${shape}] to ${sizes}, ${coordinateMode}, ${rounding}, ${type}`,
          op: 'QLinearResize' as const,
          inputs: [bytes(type, shape)],
          attributes: { sizes, coordinateMode, rounding },
          noOracle: 'ONNX has no such rule',
        })),
      ),
    ),
);
