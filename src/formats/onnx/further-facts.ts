/** What the importer tracks of what further operators give, and of lists that a file computes: loaded for models that have either. */
import type { OpKind } from '../../ir/ops.ts';
import { CONTROL_FACTS } from './control-facts.ts';
import {
  COMMON_FACTS,
  factsBy,
  asFirst,
  convolved,
  reducedRank,
  broadcastRank,
  matMulRank,
  UNKNOWN_FACTS,
  type Facts,
  type FactsOf,
  type InputFacts,
  type FactRule,
} from './facts.ts';
import { withLength } from './lengths.ts';

const FURTHER_FACTS: { readonly [K in Exclude<OpKind, keyof typeof COMMON_FACTS>]: FactRule<K> } = {
  ConvTranspose: convolved,
  DeformConv: convolved,
  LpPool: asFirst,
  MaxUnpool: asFirst,
  Inverse: asFirst,
  Det: ([x]) => [{ rank: x?.rank === undefined ? undefined : Math.max(0, x.rank - 2), dtype: x?.dtype }],
  LpNormalization: asFirst,
  LRN: asFirst,
  PRelu: asFirst,
  Where: (inputs) => [{ rank: broadcastRank(inputs), dtype: inputs[1]?.dtype }],
  // Elements of another type may be other elements.
  Cast: ([x], { to }) => [{ ...x, dtype: to, data: x?.dtype === 'int32' || x?.dtype === 'int64' ? x.data : undefined }],
  Tile: asFirst,
  Trilu: asFirst,
  ReverseSequence: asFirst,
  CumSum: asFirst,
  MaxRoiPool: asFirst,
  PsRoiPool: asFirst,
  RoiAlign: asFirst,
  DeformRoiPool: asFirst,
  CropAndResize: asFirst,
  ChannelShuffle: asFirst,
  Resize: asFirst,
  GridSample: convolved,
  GatherND: ([x]) => [{ dtype: x?.dtype }],
  GatherElements: ([x, indices]) => [{ rank: x?.rank ?? indices?.rank, dtype: x?.dtype }],
  ScatterElements: asFirst,
  ScatterND: asFirst,
  Expand: ([x, shape]) => [{ rank: broadcastRank([x, { rank: shape?.length }]), dtype: x?.dtype }],
  Range: ([start]) => [{ rank: 1, dtype: start?.dtype }],
  ArgReduce: ([x], { keepDims, dtype }) => [{ rank: reducedRank(x?.rank, 1, keepDims), dtype }],
  NonZero: () => [
    { rank: 2, dtype: 'int64' },
    { rank: 0, dtype: 'int32' },
  ],
  Compress: ([x]) => [
    { rank: x?.rank, dtype: x?.dtype },
    { rank: 0, dtype: 'int32' },
  ],
  TopK: ([x]) => [
    { rank: x?.rank, dtype: x?.dtype },
    { rank: x?.rank, dtype: 'int64' },
  ],
  Unique: ([x]) => [
    { rank: x?.rank, dtype: x?.dtype },
    { rank: 0, dtype: 'int32' },
    ...[2, 3, 4].map((): Facts => ({ rank: 1, dtype: 'int64' })),
  ],
  NonMaxSuppression: () => [
    { rank: 2, dtype: 'int64' },
    { rank: 0, dtype: 'int32' },
    { rank: 1, dtype: 'float32' },
  ],
  Split: asFirst,
  QuantizeLinear: ([x], { to }) => [{ rank: x?.rank, dtype: to }],
  DequantizeLinear: ([x, scale]) => [{ rank: x?.rank, dtype: scale?.dtype }],
  DynamicQuantizeLinear: ([x]) => [
    { rank: x?.rank, dtype: 'uint8' },
    { rank: 0, dtype: 'float32' },
    { rank: 0, dtype: 'uint8' },
  ],
  ConvInteger: ([x, w]) => [{ rank: x?.rank ?? w?.rank, dtype: 'int32' }],
  MatMulInteger: ([a, b]) => [{ rank: matMulRank(a?.rank, b?.rank), dtype: 'int32' }],
  LookupTable: ([x, table]) => [{ rank: x?.rank, dtype: table?.dtype }],
  QLinearConv: quantised,
  QLinearConvTranspose: quantised,
  QLinearMatMul: ([a, , , b, , , , y]) => [{ rank: matMulRank(a?.rank, b?.rank), dtype: y?.dtype }],
  QLinearBinary: ([a, , , b, , , , y]) => [{ rank: broadcastRank([a, b]), dtype: y?.dtype }],
  QLinearPRelu: quantised,
  QLinearReduce: ([x, , , , y], { axes, keepDims }) => [
    { rank: reducedRank(x?.rank, axes.length, keepDims), dtype: y?.dtype },
  ],
  QLinearAveragePool: asFirst,
  QLinearSoftmax: asFirst,
  QLinearL2Normalization: asFirst,
  QLinearResize: asFirst,
  DftMatrix: () => [{ rank: 2, dtype: 'float32' }],
  MelWeightMatrix: (_, { dtype }) => [{ rank: 2, dtype }],
  BoxDecode: ([codes]) => [{ rank: codes?.rank, dtype: 'float32' }],
  LSTM: sequences,
  GRU: sequences,
  RNN: sequences,
  If: ([, a, b]) => [
    a && b ? { rank: a.rank === b.rank ? a.rank : undefined, dtype: a.dtype ?? b.dtype } : (a ?? b ?? UNKNOWN_FACTS),
  ],
  ...CONTROL_FACTS,
};

/** A dimension more for directions than x has, and then states. */
function sequences([x]: InputFacts): readonly Facts[] {
  const state = { rank: 3, dtype: x?.dtype };
  return [{ rank: 4, dtype: x?.dtype }, state, state];
}

/** The rank of x, and the type of the result's zero point. */
function quantised([x, , , , , , , y]: InputFacts): readonly Facts[] {
  return [{ rank: x?.rank, dtype: y?.dtype }];
}

const known = factsBy({ ...COMMON_FACTS, ...FURTHER_FACTS });

/** Facts of output `index` of any node, with its length where it is 1-D and that follows from what is known. */
export const factsOf: FactsOf = (op, inputs, attributes, index) =>
  withLength(known(op, inputs, attributes, index), op, inputs, attributes, index);
