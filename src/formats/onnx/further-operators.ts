/** The ONNX operators that few networks have, family by family. What takes more than a line is loaded when a model has it. */
import { lazy } from '../../core/on-demand.ts';
import type { Rows } from '../lib/translate.ts';
import type { OnnxNode } from './node.ts';
import { FUNCTIONS } from './ops/elementwise/functions.ts';
import { MOVE } from './ops/move/move.ts';
import { reduce } from './ops/reduce/reduce.ts';

const elementwise = () => import('./ops/elementwise/further.ts');
const normalise = () => import('./ops/normalise/further.ts');
const reductions = () => import('./ops/reduce/further.ts');
const shape = () => import('./ops/shape/further.ts');
const move = () => import('./ops/move/further.ts');
const index = () => import('./ops/index/further.ts');
const conv = () => import('./ops/further-convs.ts');
const pools = () => import('./ops/further-pools.ts');
const products = () => import('./ops/quantise/products.ts');
const bytes = () => import('./ops/quantise/functions.ts');
const loops = () => import('./ops/control/loops.ts');
const sequences = () => import('./ops/control/sequences.ts');
const fusedProducts = () => import('./ops/product/fused.ts');
const fusedNorms = () => import('./ops/normalise/fused.ts');
const fusedFunctions = () => import('./ops/elementwise/fused.ts');
const rotary = () => import('./ops/product/rotary.ts');
const heads = () => import('./ops/product/multi-head-attention.ts');
const control = () => import('./ops/control/further.ts');
const linear = () => import('./ops/quantise/linear.ts');
const dynamic = () => import('./ops/quantise/dynamic.ts');
const detect = () => import('./ops/detect/further.ts');
const recurrent = () => import('./ops/recurrent/further.ts');
const sample = () => import('./ops/sample/further.ts');

/** Rows by operator name. */
export const FURTHER_ONNX_OPERATORS: Rows<OnnxNode> = {
  ...FUNCTIONS,
  Mod: lazy(elementwise, 'mod'),
  ThresholdedRelu: lazy(elementwise, 'thresholdedRelu'),
  Shrink: lazy(elementwise, 'shrink'),
  Swish: lazy(elementwise, 'swish'),
  IsInf: lazy(elementwise, 'isInf'),
  BitwiseNot: lazy(elementwise, 'bitwiseNot'),
  Pow: lazy(elementwise, 'pow'),
  BitShift: lazy(elementwise, 'bitShift'),
  Cast: lazy(elementwise, 'cast'),
  CastLike: lazy(elementwise, 'castLike'),
  Col2Im: lazy(conv, 'col2im'),
  ConvTranspose: lazy(conv, 'convTranspose'),
  DeformConv: lazy(conv, 'deformConv'),
  'com.microsoft.FusedConv': lazy(conv, 'fusedConv'),
  'com.microsoft.NhwcConv': lazy(conv, 'nhwcConv'),
  'com.microsoft.NhwcFusedConv': lazy(conv, 'nhwcFusedConv'),
  'com.microsoft.NhwcMaxPool': lazy(conv, 'nhwcMaxPool'),
  LpPool: lazy(pools, 'lpPool'),
  MaxUnpool: lazy(pools, 'maxUnpool'),
  GlobalLpPool: lazy(pools, 'globalLpPool'),
  LayerNormalization: lazy(normalise, 'layerNormalization'),
  RMSNormalization: lazy(normalise, 'rmsNormalization'),
  GroupNormalization: lazy(normalise, 'groupNormalizationOp'),
  InstanceNormalization: lazy(normalise, 'instanceNormalization'),
  MeanVarianceNormalization: lazy(normalise, 'meanVarianceNormalization'),
  Hardmax: lazy(normalise, 'hardmax'),
  LpNormalization: lazy(normalise, 'lpNormalization'),
  'BatchNormalization in training': lazy(normalise, 'trainedBatchNormalization'),
  LRN: lazy(normalise, 'lrn'),
  ReduceMax: reduce('max'),
  ReduceMin: reduce('min'),
  ReduceProd: reduce('prod'),
  ReduceL1: reduce('l1'),
  ReduceL2: lazy(reductions, 'reduceL2'),
  ReduceSumSquare: reduce('sumSquare'),
  ReduceLogSumExp: lazy(reductions, 'reduceLogSumExp'),
  ReduceLogSum: lazy(reductions, 'reduceLogSum'),
  ArgMax: lazy(reductions, 'argMax'),
  ArgMin: lazy(reductions, 'argMin'),
  'Dropout in training': lazy(shape, 'trainedDropout'),
  CumSum: lazy(reductions, 'cumSum'),
  ConstantOfShape: lazy(shape, 'constantOfShape'),
  Range: lazy(shape, 'range'),
  Size: lazy(shape, 'size'),
  Split: lazy(move, 'split'),
  Slice: lazy(move, 'slice'),
  Expand: lazy(move, 'expand'),
  Tile: lazy(move, 'tile'),
  Trilu: lazy(move, 'trilu'),
  ReverseSequence: lazy(move, 'reverseSequence'),
  'Pad of axes': lazy(move, 'padOfAxes'),
  CenterCropPad: lazy(move, 'centerCropPad'),
  DepthToSpace: lazy(move, 'depthToSpaceOp'),
  SpaceToDepth: lazy(move, 'spaceToDepthOp'),
  NonZero: lazy(index, 'nonZero'),
  Compress: lazy(index, 'compress'),
  Unique: lazy(index, 'unique'),
  TopK: lazy(index, 'topK'),
  GatherND: lazy(index, 'gatherND'),
  GatherElements: lazy(index, 'gatherElements'),
  Scatter: lazy(index, 'scatterElements'),
  ScatterElements: lazy(index, 'scatterElements'),
  ScatterND: lazy(index, 'scatterND'),
  TensorScatter: lazy(index, 'tensorScatter'),
  OneHot: lazy(index, 'oneHot'),
  EyeLike: lazy(index, 'eyeLike'),
  NonMaxSuppression: lazy(detect, 'nonMaxSuppression'),
  MaxRoiPool: lazy(detect, 'maxRoiPool'),
  RoiAlign: lazy(detect, 'roiAlign'),
  Upsample: lazy(sample, 'upsample'),
  Resize: lazy(sample, 'resize'),
  AffineGrid: lazy(sample, 'affineGrid'),
  GridSample: lazy(sample, 'gridSample'),
  HannWindow: lazy(shape, 'hannWindow'),
  HammingWindow: lazy(shape, 'hammingWindow'),
  BlackmanWindow: lazy(shape, 'blackmanWindow'),
  MelWeightMatrix: lazy(shape, 'melWeightMatrix'),
  DFT: lazy(shape, 'dft'),
  STFT: lazy(shape, 'stft'),
  QuantizeLinear: lazy(linear, 'quantizeLinear'),
  DequantizeLinear: lazy(linear, 'dequantizeLinear'),
  'com.microsoft.QuantizeLinear': lazy(linear, 'quantizeLinear'),
  'com.microsoft.DequantizeLinear': lazy(linear, 'dequantizeLinear'),
  DynamicQuantizeLinear: lazy(dynamic, 'dynamicQuantizeLinear'),
  ConvInteger: lazy(dynamic, 'convInteger'),
  MatMulInteger: lazy(dynamic, 'matMulInteger'),
  'com.microsoft.DynamicQuantizeMatMul': lazy(dynamic, 'dynamicQuantizeMatMul'),
  'com.microsoft.MatMulIntegerToFloat': lazy(dynamic, 'matMulIntegerToFloat'),
  QLinearConv: lazy(products, 'qLinearConv'),
  QLinearMatMul: lazy(products, 'qLinearMatMul'),
  'com.microsoft.QGemm': lazy(products, 'qGemm'),
  'com.microsoft.QLinearAdd': lazy(products, 'qLinearAdd'),
  'com.microsoft.QLinearMul': lazy(products, 'qLinearMul'),
  'com.microsoft.QLinearSigmoid': lazy(bytes, 'qLinearSigmoid'),
  'com.microsoft.QLinearLeakyRelu': lazy(bytes, 'qLinearLeakyRelu'),
  'com.microsoft.QLinearConcat': lazy(bytes, 'qLinearConcat'),
  'com.microsoft.QLinearWhere': lazy(bytes, 'qLinearWhere'),
  'com.microsoft.QLinearGlobalAveragePool': lazy(bytes, 'qLinearGlobalAveragePool'),
  'com.microsoft.QLinearAveragePool': lazy(bytes, 'qLinearAveragePool'),
  'com.microsoft.QLinearReduceMean': lazy(bytes, 'qLinearReduceMean'),
  'com.microsoft.QLinearSoftmax': lazy(bytes, 'qLinearSoftmax'),
  If: lazy(control, 'ifOp'),
  RotaryEmbedding: lazy(rotary, 'rotaryEmbedding'),
  'com.microsoft.RotaryEmbedding': lazy(rotary, 'microsoftRotaryEmbedding'),
  'com.microsoft.MultiHeadAttention': lazy(heads, 'microsoftMultiHeadAttention'),
  'com.microsoft.Attention': lazy(heads, 'microsoftAttention'),
  'com.microsoft.GroupQueryAttention': lazy(
    () => import('./ops/product/group-query-attention.ts'),
    'groupQueryAttention',
  ),
  'com.microsoft.FusedMatMul': lazy(fusedProducts, 'fusedMatMul'),
  'com.microsoft.TransposeMatMul': lazy(fusedProducts, 'fusedMatMul'),
  'com.microsoft.FusedGemm': lazy(fusedProducts, 'fusedGemm'),
  'com.microsoft.Gelu': lazy(fusedFunctions, 'microsoftGelu'),
  'com.microsoft.FastGelu': lazy(fusedFunctions, 'fastGelu'),
  'com.microsoft.QuickGelu': lazy(fusedFunctions, 'quickGelu'),
  'com.microsoft.BiasGelu': lazy(fusedFunctions, 'biasGelu'),
  'com.microsoft.BiasAdd': lazy(fusedFunctions, 'biasAdd'),
  'com.microsoft.BiasSplitGelu': lazy(fusedFunctions, 'biasSplitGelu'),
  SimplifiedLayerNormalization: lazy(fusedNorms, 'simplifiedLayerNormalization'),
  'com.microsoft.SkipLayerNormalization': lazy(fusedNorms, 'skipLayerNormalization'),
  'com.microsoft.SkipSimplifiedLayerNormalization': lazy(fusedNorms, 'skipSimplifiedLayerNormalization'),
  'com.microsoft.GroupNorm': lazy(fusedNorms, 'microsoftGroupNorm'),
  'com.microsoft.SkipGroupNorm': lazy(fusedNorms, 'skipGroupNorm'),
  'com.microsoft.Pad': MOVE.Pad,
  'com.microsoft.Trilu': lazy(move, 'trilu'),
  'com.microsoft.GatherND': lazy(index, 'gatherND'),
  Attention: lazy(() => import('./ops/product/attention.ts'), 'attentionOp'),
  Det: lazy(() => import('./ops/product/further.ts'), 'det'),
  Einsum: lazy(() => import('./ops/product/einsum.ts'), 'einsum'),
  'Loop entry': lazy(loops, 'loopEntry'),
  'Scan shorter': lazy(loops, 'scanShorter'),
  'Scan longer': lazy(loops, 'scanLonger'),
  Loop: lazy(loops, 'loopExit'),
  Scan: lazy(loops, 'loopExit'),
  SequenceMap: lazy(loops, 'loopExit'),
  SequenceEmpty: lazy(sequences, 'sequenceEmpty'),
  SequenceConstruct: lazy(sequences, 'sequenceConstruct'),
  SequenceInsert: lazy(sequences, 'sequenceInsert'),
  SequenceErase: lazy(sequences, 'sequenceErase'),
  SequenceAt: lazy(sequences, 'sequenceAt'),
  SequenceLength: lazy(sequences, 'sequenceLength'),
  SplitToSequence: lazy(sequences, 'splitToSequence'),
  ConcatFromSequence: lazy(sequences, 'concatFromSequence'),
  LSTM: lazy(recurrent, 'lstm'),
  GRU: lazy(recurrent, 'gru'),
  RNN: lazy(recurrent, 'rnn'),
};
