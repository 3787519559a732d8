/** What the importer tracks of a value while it walks the nodes: rank, element type, the length of a list, the elements of a constant. */
import { isDType, type DType, type HostArray } from '../../core/dtype.ts';
import type { OpAttributes, OpKind } from '../../ir/ops.ts';

/** Everything is optional: models often leave out value information, and no shape is inferred at import. */
export interface Facts {
  readonly rank?: number | undefined;
  readonly dtype?: DType | undefined;
  /** Extent of a 1-D value; what a Reshape or Expand target says about the rank of its result. */
  readonly length?: number | undefined;
  /** Elements of a constant. */
  readonly data?: HostArray | undefined;
}

const UNKNOWN: Facts = {};

const COMPARISONS = new Set(['equal', 'notEqual', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual']);

type Inputs = readonly (Facts | undefined)[];

/** Facts of the outputs of an operator, given those of its inputs; for outputs beyond them, those of the first. */
type Rule<K extends OpKind> = (inputs: Inputs, attributes: OpAttributes[K]) => readonly Facts[];

/** `same`: every output has the rank and the element type of the first input. */
const RULES: { readonly [K in OpKind]: Rule<K> | 'same' } = {
  Conv: convolved,
  ConvTranspose: convolved,
  MaxPool: 'same',
  AveragePool: 'same',
  LpPool: 'same',
  ArgMaxPool: ([x]) => [{ rank: x?.rank, dtype: 'int64' }],
  GlobalAveragePool: 'same',
  GlobalMaxPool: 'same',
  Gemm: ([a]) => [{ rank: 2, dtype: a?.dtype }],
  MatMul: ([a, b]) => [{ rank: matMulRank(a?.rank, b?.rank), dtype: a?.dtype }],
  BatchNormalization: 'same',
  LRN: 'same',
  Softmax: 'same',
  Activation: 'same',
  PRelu: 'same',
  Binary: (inputs, { kind }) => [
    { rank: broadcastRank(inputs), dtype: COMPARISONS.has(kind) ? 'bool' : inputs[0]?.dtype },
  ],
  Unary: ([x], { kind }) => [{ rank: x?.rank, dtype: kind === 'isNaN' ? 'bool' : x?.dtype }],
  Where: (inputs) => [{ rank: broadcastRank(inputs), dtype: inputs[1]?.dtype }],
  // Elements of another type may be other elements.
  Cast: ([x], { to }) => [{ ...x, dtype: to, data: x?.dtype === 'int32' || x?.dtype === 'int64' ? x.data : undefined }],
  Reshape: ([x, shape]) => [{ rank: shape?.length, dtype: x?.dtype }],
  Flatten: ([x]) => [{ rank: 2, dtype: x?.dtype }],
  Identity: ([x]) => [x ?? UNKNOWN],
  Squeeze: ([x, list], { axes }) => [
    { rank: minus(x?.rank, list?.length ?? (axes.length || undefined)), dtype: x?.dtype },
  ],
  Unsqueeze: ([x, list], { axes }) => {
    const count = list ? list.length : axes.length;
    return [{ rank: minus(x?.rank, count && -count), dtype: x?.dtype }];
  },
  Transpose: 'same',
  Slice: 'same',
  Pad: 'same',
  Tile: 'same',
  ChannelShuffle: 'same',
  Resize: 'same',
  Concat: 'same',
  Gather: ([x, i]) => [{ rank: i?.rank === undefined ? undefined : minus(x?.rank, 1 - i.rank), dtype: x?.dtype }],
  GatherND: ([x]) => [{ dtype: x?.dtype }],
  Expand: ([x, shape]) => [{ rank: broadcastRank([x, { rank: shape?.length }]), dtype: x?.dtype }],
  Shape: () => [{ rank: 1, dtype: 'int64' }],
  ConstantOfShape: ([shape], { dtype }) => [{ rank: shape?.length, dtype }],
  Range: ([start]) => [{ rank: 1, dtype: start?.dtype }],
  Reduce: ([x, list], { axes, keepDims }) => [
    { rank: reducedRank(x?.rank, list ? list.length : axes.length, keepDims), dtype: x?.dtype },
  ],
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
  Split: 'same',
  QuantizeLinear: ([x], { to }) => [{ rank: x?.rank, dtype: to }],
  DequantizeLinear: ([x]) => [{ rank: x?.rank, dtype: 'float32' }],
  LookupTable: ([x, table]) => [{ rank: x?.rank, dtype: table?.dtype }],
  QLinearConv: quantised,
  QLinearConvTranspose: quantised,
  QLinearMatMul: ([a, , , b, , , , y]) => [{ rank: matMulRank(a?.rank, b?.rank), dtype: y?.dtype }],
  QLinearBinary: ([a, , , b, , , , y]) => [{ rank: broadcastRank([a, b]), dtype: y?.dtype }],
  QLinearPRelu: quantised,
  QLinearReduce: ([x, , , , y], { axes, keepDims }) => [
    { rank: reducedRank(x?.rank, axes.length, keepDims), dtype: y?.dtype },
  ],
  QLinearAveragePool: 'same',
  QLinearSoftmax: 'same',
  QLinearL2Normalization: 'same',
  QLinearResize: 'same',
  If: ([, a, b]) => [
    a && b ? { rank: a.rank === b.rank ? a.rank : undefined, dtype: a.dtype ?? b.dtype } : (a ?? b ?? UNKNOWN),
  ],
};

/** The rank that an image shares with its weights. */
function convolved([x, w]: Inputs): readonly Facts[] {
  return [{ rank: x?.rank ?? w?.rank, dtype: x?.dtype }];
}

/** The rank of x, and the type of the result's zero point. */
function quantised([x, , , , , , , y]: Inputs): readonly Facts[] {
  return [{ rank: x?.rank, dtype: y?.dtype }];
}

/** Facts of output `index` of a node. */
export function factsOf<K extends OpKind>(op: K, inputs: Inputs, attributes: OpAttributes[K], index: number): Facts {
  const rule: Rule<K> | 'same' = RULES[op];
  if (rule === 'same') return { rank: inputs[0]?.rank, dtype: inputs[0]?.dtype };
  const facts = rule(inputs, attributes);
  return facts[index] ?? facts[0] ?? UNKNOWN;
}

/** Facts of a constant or of a value whose description the model gives. */
export function describedFacts(
  dtype: string | undefined,
  shape: readonly (number | string)[],
  data?: HostArray,
): Facts {
  const [length] = shape;
  return {
    rank: shape.length,
    dtype: dtype !== undefined && isDType(dtype) ? dtype : undefined,
    data,
    length: shape.length === 1 && typeof length === 'number' ? length : undefined,
  };
}

function minus(rank: number | undefined, count: number | undefined): number | undefined {
  return rank === undefined || count === undefined ? undefined : Math.max(0, rank - count);
}

function reducedRank(rank: number | undefined, axes: number | undefined, keepDims: boolean): number | undefined {
  if (keepDims) return rank;
  return axes === 0 ? 0 : minus(rank, axes);
}

function broadcastRank(inputs: Inputs): number | undefined {
  let most = 0;
  for (const input of inputs) {
    if (input?.rank === undefined) return undefined;
    most = Math.max(most, input.rank);
  }
  return most;
}

function matMulRank(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  return Math.max(a, b, 2) - (a === 1 ? 1 : 0) - (b === 1 ? 1 : 0);
}
