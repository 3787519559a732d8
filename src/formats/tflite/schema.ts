/** The schema of TensorFlow Lite files (version 3): codes, and the tables of options, as the importer and the writer need them. */

/** Element types by their code. */
export const TYPES = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
  'float64',
  'complex128',
  'uint64',
  'resource',
  'variant',
  'uint32',
  'uint16',
  'int4',
  'bfloat16',
  'int2',
  'uint4',
  'float8e4m3fn',
  'float8e5m2',
] as const;

/** Name of an element type. */
export type TypeName = (typeof TYPES)[number];

/** Names of the builtin operators by their code; what came later is known by its number. */
export const BUILTINS: readonly string[] = (
  'ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP FLOOR ' +
  'FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION ' +
  'LSTM MAX_POOL_2D MUL RELU RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH ' +
  'CONCAT_EMBEDDINGS SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER ' +
  'BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE ' +
  'BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM ' +
  'ARG_MAX MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE ' +
  'TILE EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK ' +
  'LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD ' +
  'RANGE RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE CEIL REVERSE_V2 ADD_N ' +
  'GATHER_ND COS WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE ' +
  'NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM BATCH_MATMUL PLACEHOLDER ' +
  'CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG REAL COMPLEX_ABS HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT ' +
  'HASHTABLE_SIZE REDUCE_ALL CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE BROADCAST_ARGS ' +
  'RANDOM_STANDARD_NORMAL BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU DYNAMIC_UPDATE_SLICE RELU_0_TO_1 ' +
  'UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2 UNSORTED_SEGMENT_MIN SIGN BITCAST ' +
  'BITWISE_XOR RIGHT_SHIFT'
).split(' ');

/** The code of an operator that the file names itself. */
export const CUSTOM = BUILTINS.indexOf('CUSTOM');

/** The code in the byte that older readers look at, of operators beyond it. */
export const PLACEHOLDER = BUILTINS.indexOf('PLACEHOLDER');

/** Paddings by their code. */
export const PADDINGS = ['SAME', 'VALID'] as const;

/** Fused activations by their code. */
export const FUSED_ACTIVATIONS = ['NONE', 'RELU', 'RELU_N1_TO_1', 'RELU6', 'TANH', 'SIGN_BIT'] as const;

/** Slots of the tables that make up a model. */
export const SLOT = {
  model: { version: 0, codes: 1, subgraphs: 2, description: 3, buffers: 4, metadata: 6, signatures: 7 },
  code: { byte: 0, custom: 1, version: 2, builtin: 3 },
  subgraph: { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 },
  tensor: {
    shape: 0,
    type: 1,
    buffer: 2,
    name: 3,
    quantisation: 4,
    isVariable: 5,
    sparsity: 6,
    signature: 7,
    hasRank: 8,
    external: 10,
  },
  operator: { code: 0, inputs: 1, outputs: 2, optionsType: 3, options: 4, custom: 5 },
  buffer: { data: 0, offset: 1, size: 2 },
  metadata: { name: 0, buffer: 1 },
  signature: { inputs: 0, outputs: 1, key: 2, subgraph: 4 },
  signaturePort: { name: 0, tensor: 1 },
  quantisation: { scale: 2, zeroPoint: 3, detailsType: 4, details: 5, axis: 6 },
  sparsity: { order: 0, blockMap: 1, dimensions: 2 },
  dimension: { format: 0, size: 1, segmentsType: 2, segments: 3, indicesType: 4, indices: 5 },
} as const;

/** A field of an options table: its slot, what it holds, and its value where the file leaves it out. */
export interface OptionField<K extends OptionFieldKind = OptionFieldKind> {
  readonly slot: number;
  readonly kind: K;
  readonly fallback: number;
}

/** What a field of an options table can hold. */
export type OptionFieldKind = 'byte' | 'int' | 'float' | 'bool' | 'ints';

const field =
  <K extends OptionFieldKind>(kind: K) =>
  (slot: number, fallback = 0): OptionField<K> => ({ slot, kind, fallback });

const [byte, int, float, bool, ints] = [field('byte'), field('int'), field('float'), field('bool'), field('ints')];

const fused = { activation: byte(0) };
const corners = (first: number) => ({ alignCorners: bool(first), halfPixelCenters: bool(first + 1) });

/** Tables of options: their place in the union, and their fields. Those without fields that matter are left out. */
export const OPTIONS = {
  Conv2D: {
    union: 1,
    fields: {
      padding: byte(0),
      strideW: int(1),
      strideH: int(2),
      activation: byte(3),
      dilationW: int(4, 1),
      dilationH: int(5, 1),
    },
  },
  DepthwiseConv2D: {
    union: 2,
    fields: {
      padding: byte(0),
      strideW: int(1),
      strideH: int(2),
      multiplier: int(3),
      activation: byte(4),
      dilationW: int(5, 1),
      dilationH: int(6, 1),
    },
  },
  Pool2D: {
    union: 5,
    fields: {
      padding: byte(0),
      strideW: int(1),
      strideH: int(2),
      filterW: int(3),
      filterH: int(4),
      activation: byte(5),
    },
  },
  FullyConnected: { union: 8, fields: { activation: byte(0), weightsFormat: byte(1), keepNumDims: bool(2) } },
  Softmax: { union: 9, fields: { beta: float(0) } },
  Concatenation: { union: 10, fields: { axis: int(0), activation: byte(1) } },
  Add: { union: 11, fields: { activation: byte(0), potScaleInt16: bool(1, 1) } },
  L2Norm: { union: 12, fields: fused },
  LocalResponseNormalization: {
    union: 13,
    fields: { radius: int(0), bias: float(1), alpha: float(2), beta: float(3) },
  },
  ResizeBilinear: { union: 15, fields: corners(2) },
  Reshape: { union: 17, fields: { newShape: ints(0) } },
  SpaceToDepth: { union: 19, fields: { blockSize: int(0) } },
  Mul: { union: 21, fields: fused },
  Gather: { union: 23, fields: { axis: int(0), batchDims: int(1) } },
  Reducer: { union: 27, fields: { keepDims: bool(0) } },
  Sub: { union: 28, fields: { activation: byte(0), potScaleInt16: bool(1, 1) } },
  Div: { union: 29, fields: fused },
  Squeeze: { union: 30, fields: { squeezeDims: ints(0) } },
  StridedSlice: {
    union: 32,
    fields: {
      beginMask: int(0),
      endMask: int(1),
      ellipsisMask: int(2),
      newAxisMask: int(3),
      shrinkAxisMask: int(4),
      offset: bool(5),
    },
  },
  Split: { union: 35, fields: { numSplits: int(0) } },
  Cast: { union: 37, fields: { inType: byte(0), outType: byte(1) } },
  ArgMax: { union: 40, fields: { outType: byte(0) } },
  TransposeConv: {
    union: 49,
    fields: { padding: byte(0), strideW: int(1), strideH: int(2), activation: byte(3) },
  },
  Shape: { union: 55, fields: { outType: byte(0) } },
  ArgMin: { union: 57, fields: { outType: byte(0) } },
  Pack: { union: 59, fields: { valuesCount: int(0), axis: int(1) } },
  OneHot: { union: 61, fields: { axis: int(0) } },
  Unpack: { union: 64, fields: { num: int(0), axis: int(1) } },
  ResizeNearestNeighbor: { union: 74, fields: corners(0) },
  LeakyRelu: { union: 75, fields: { alpha: float(0) } },
  MirrorPad: { union: 77, fields: { mode: byte(0) } },
  SplitV: { union: 79, fields: { numSplits: int(0) } },
  DepthToSpace: { union: 94, fields: { blockSize: int(0) } },
  BatchMatMul: { union: 101, fields: { adjX: bool(0), adjY: bool(1) } },
  Cumsum: { union: 102, fields: { exclusive: bool(0), reverse: bool(1) } },
  Conv3D: {
    union: 106,
    fields: {
      padding: byte(0),
      strideD: int(1),
      strideW: int(2),
      strideH: int(3),
      activation: byte(4),
      dilationD: int(5, 1),
      dilationW: int(6, 1),
      dilationH: int(7, 1),
    },
  },
  Gelu: { union: 116, fields: { approximate: bool(0) } },
} as const satisfies Readonly<
  Record<string, { readonly union: number; readonly fields: Readonly<Record<string, OptionField>> }>
>;

/** Name of a table of options. */
export type OptionsName = keyof typeof OPTIONS;

/** The values of a table of options. */
export type OptionsOf<N extends OptionsName> = {
  readonly [F in keyof (typeof OPTIONS)[N]['fields']]: (typeof OPTIONS)[N]['fields'][F] extends OptionField<infer K>
    ? K extends 'bool'
      ? boolean
      : K extends 'ints'
        ? readonly number[]
        : number
    : never;
};
