/** Translations of the layers that few networks have. */
import { tensorOf } from '../../../core/tensor.ts';
import { NO_ACTIVATION } from '../../../ir/ops.ts';
import { lazy } from '../../../core/on-demand.ts';
import { PLAIN_RESIZE } from '../../../ir/shapes/resize.ts';
import { range } from '../../../util/arrays.ts';
import type { Rows } from '../../lib/translate.ts';
import { asArray, asInteger, field } from '../json.ts';
import type { LayerContext, LayerTranslation } from './context.ts';
import { masking, withoutMask } from './masks.ts';
import { identity, merge, mergeAll, oneAxis } from './pointwise.ts';
import {
  bias,
  convolution,
  depthwiseConvolution,
  depthwiseOf,
  globalPooling,
  margins,
  pooling,
  spatially,
} from './spatial.ts';

const norms = () => import('./norms.ts');
const series = () => import('./series.ts');
const products = () => import('./products.ts');
const transposed = () => import('./conv-transpose.ts');
const images = () => import('./images.ts');
const numpy = () => import('./numpy.ts');

const separable =
  (dims: number): LayerTranslation =>
  (c) => {
    const [ones, zeros] = [range(dims).fill(1), range(2 * dims).fill(0)];
    const pointwise = { strides: ones, dilations: ones, pads: zeros, padMode: 'explicit', group: 1 } as const;
    return c.withActivation(c.activation(), (activation) =>
      spatially(c, dims, (x) => {
        const depth = depthwiseOf(c, x, dims, [], NO_ACTIVATION);
        return c.one('Conv', [depth, c.weight('pointwise_kernel'), ...bias(c)], { ...pointwise, activation });
      }),
    );
  };

/**
 * Bilinear as TensorFlow.js computes it: coordinates are divided by the factor, without half-pixel centres; models of Keras 3,
 * which it does not read, are as Keras has them.
 */
const upSampling =
  (dims: number): LayerTranslation =>
  (c) => {
    const interpolation = c.string('interpolation', 'nearest');
    if (interpolation !== 'nearest' && interpolation !== 'bilinear') c.refuse(`interpolation ${interpolation}`);
    const mode = interpolation === 'bilinear' ? 'linear' : 'nearest';
    const centred = mode === 'linear' && c.bool('half_pixel_centers', false);
    const coordinateMode = centred ? 'half_pixel' : 'asymmetric';
    const scales = c.constant(tensorOf('float32', [dims], c.extents('size', dims, 2)));
    const axes = range(dims).map((i) => i + 1);
    const attributes = { ...PLAIN_RESIZE, axes, mode, coordinateMode, nearestMode: 'floor' } as const;
    return spatially(c, dims, (x) => c.one('Resize', [x, scales], attributes));
  };

const leakyRelu: LayerTranslation = (c) =>
  c.activate(c.x, { kind: 'leakyRelu', alpha: c.number('alpha', c.number('negative_slope', 0.3)), beta: 0 });

const softmax: LayerTranslation = (c) => c.one('Softmax', [c.x], { axes: [oneAxis(c)], log: false });

/** Keras shapes leave the batch out: the 0 in front copies it. TensorFlow.js writes null for an extent to infer. */
const reshape: LayerTranslation = (c) => {
  const target = asArray(field(c.config, 'target_shape'), `target_shape of layer "${c.layer.name}"`);
  return c.reshape(c.x, [0, ...target.map((d) => (d === null ? -1 : asInteger(d, 'an extent of target_shape')))]);
};

const elu: LayerTranslation = (c) => c.activate(c.x, { kind: 'elu', alpha: c.number('alpha', 1), beta: 0 });

/** x where it is above theta, else 0. */
const thresholded: LayerTranslation = (c) => {
  const above = c.binary('greater', c.x, c.scalar('float32', c.number('theta', 1)));
  return c.binary('mul', c.x, c.one('Cast', [above], { to: 'float32' }));
};

const average: LayerTranslation = (c) => c.binary('div', mergeAll(c, 'add'), c.scalar('float32', c.operands.length));

const permute: LayerTranslation = (c) => c.one('Transpose', [c.x], { perm: [0, ...c.list('dims')] });

/** Names of layers that only do something while training. */
const TRAINING = `
  SpatialDropout1D SpatialDropout2D SpatialDropout3D AlphaDropout GaussianDropout GaussianNoise ActivityRegularization
  RandomFlip RandomRotation RandomZoom RandomTranslation RandomContrast RandomBrightness`;

/** Rows of the layer table. */
export const FURTHER_LAYERS: Rows<LayerContext> = {
  ...Object.fromEntries((TRAINING.match(/\w+/g) ?? []).map((name) => [name, identity])),
  Conv1D: convolution(1),
  Convolution1D: convolution(1),
  Conv3D: convolution(3),
  Convolution3D: convolution(3),
  Conv1DTranspose: lazy(transposed, 'transposed1'),
  Conv2DTranspose: lazy(transposed, 'transposed2'),
  Convolution2DTranspose: lazy(transposed, 'transposed2'),
  Conv3DTranspose: lazy(transposed, 'transposed3'),
  DepthwiseConv1D: depthwiseConvolution(1),
  SeparableConv1D: separable(1),
  SeparableConvolution1D: separable(1),
  SeparableConv2D: separable(2),
  SeparableConvolution2D: separable(2),
  MaxPooling1D: pooling('MaxPool', 1),
  MaxPool1D: pooling('MaxPool', 1),
  MaxPooling3D: pooling('MaxPool', 3),
  MaxPool3D: pooling('MaxPool', 3),
  AveragePooling1D: pooling('AveragePool', 1),
  AvgPool1D: pooling('AveragePool', 1),
  AveragePooling3D: pooling('AveragePool', 3),
  AvgPool3D: pooling('AveragePool', 3),
  GlobalAveragePooling1D: withoutMask(globalPooling('GlobalAveragePool', 1)),
  GlobalAvgPool1D: withoutMask(globalPooling('GlobalAveragePool', 1)),
  GlobalAveragePooling3D: globalPooling('GlobalAveragePool', 3),
  GlobalAvgPool3D: globalPooling('GlobalAveragePool', 3),
  GlobalMaxPooling1D: globalPooling('GlobalMaxPool', 1),
  GlobalMaxPool1D: globalPooling('GlobalMaxPool', 1),
  GlobalMaxPooling2D: globalPooling('GlobalMaxPool', 2),
  GlobalMaxPool2D: globalPooling('GlobalMaxPool', 2),
  GlobalMaxPooling3D: globalPooling('GlobalMaxPool', 3),
  GlobalMaxPool3D: globalPooling('GlobalMaxPool', 3),
  ZeroPadding1D: margins('padding', 1),
  ZeroPadding3D: margins('padding', 3),
  Cropping1D: margins('cropping', 1),
  Cropping2D: margins('cropping', 2),
  Cropping3D: margins('cropping', 3),
  UpSampling1D: upSampling(1),
  UpSampling2D: upSampling(2),
  UpSampling3D: upSampling(3),
  LeakyReLU: leakyRelu,
  Softmax: withoutMask(softmax),
  Masking: masking,
  Reshape: reshape,
  PReLU: (c) => c.one('PRelu', [c.x, c.weight('alpha')], {}),
  ELU: elu,
  ThresholdedReLU: thresholded,
  Subtract: merge('sub'),
  Average: average,
  Maximum: merge('max'),
  Minimum: merge('min'),
  Permute: permute,
  LayerNormalization: lazy(norms, 'standardisedLayer'),
  GroupNormalization: lazy(norms, 'groupNormalization'),
  UnitNormalization: lazy(norms, 'unitNormalization'),
  Rescaling: lazy(norms, 'rescaling'),
  Normalization: lazy(norms, 'normalization'),
  RepeatVector: lazy(series, 'repeatVector'),
  Embedding: lazy(series, 'embedding'),
  FoldTime: lazy(series, 'foldTime'),
  UnfoldTime: lazy(series, 'unfoldTime'),
  Dot: lazy(products, 'dot'),
  Attention: lazy(products, 'attention'),
  MultiHeadAttention: lazy(products, 'multiHeadAttention'),
  Identity: identity,
  'keras.ops.Add': lazy(numpy, 'add'),
  'keras.ops.Subtract': lazy(numpy, 'subtract'),
  'keras.ops.Multiply': lazy(numpy, 'multiply'),
  'keras.ops.Divide': lazy(numpy, 'divide'),
  'keras.ops.TrueDivide': lazy(numpy, 'divide'),
  'keras.ops.Power': lazy(numpy, 'power'),
  'keras.ops.Maximum': lazy(numpy, 'maximum'),
  'keras.ops.Minimum': lazy(numpy, 'minimum'),
  'keras.ops.Negative': lazy(numpy, 'negative'),
  'keras.ops.Absolute': lazy(numpy, 'absolute'),
  'keras.ops.Exp': lazy(numpy, 'exp'),
  'keras.ops.Log': lazy(numpy, 'log'),
  'keras.ops.Sqrt': lazy(numpy, 'sqrt'),
  'keras.ops.Square': lazy(numpy, 'square'),
  'keras.ops.Relu': lazy(numpy, 'relu'),
  'keras.ops.Relu6': lazy(numpy, 'relu6'),
  'keras.ops.Sigmoid': lazy(numpy, 'sigmoid'),
  'keras.ops.Tanh': lazy(numpy, 'tanh'),
  'keras.ops.Silu': lazy(numpy, 'silu'),
  Resizing: lazy(images, 'resizing'),
  CenterCrop: lazy(images, 'centerCrop'),
};
