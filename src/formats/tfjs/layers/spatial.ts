/** Translations of the layers that see an image's neighbourhoods: convolutions, pools, padding, cropping, upsampling. */
import { tensorOf } from '../../../core/tensor.ts';
import { NO_ACTIVATION, type Activation, type Window } from '../../../ir/ops.ts';
import type { Translations } from '../../lib/translate.ts';
import type { LayerContext, LayerTranslation } from './context.ts';

/** Problems that any spatial layer may have. */
function layoutProblems(c: LayerContext): string[] {
  const layout = c.string('data_format', 'channels_last');
  return layout === 'channels_last' ? [] : [`data_format ${layout}`];
}

function windowOf(c: LayerContext, strides: readonly number[]): Window {
  const problems = layoutProblems(c);
  const padding = c.string('padding', 'valid');
  if (padding !== 'same' && padding !== 'valid') problems.push(`padding ${padding}`);
  c.refuseAll(problems);
  const dilations = c.pair('dilation_rate', [1, 1]);
  return { strides, dilations, pads: [0, 0, 0, 0], padMode: padding === 'same' ? 'sameUpper' : 'explicit' };
}

function bias(c: LayerContext): string[] {
  return c.bool('use_bias', true) ? [c.weight('bias')] : [];
}

const conv2d: LayerTranslation = (c) => {
  const window = windowOf(c, c.pair('strides', [1, 1]));
  const group = c.int('groups', 1);
  return c.withActivation(c.activation(), (activation) =>
    c.one('Conv', [c.x, c.weight('kernel'), ...bias(c)], { ...window, group, activation }),
  );
};

/** A depthwise product as a grouped convolution: weights `[kH, kW, C, mult]` → `[kH, kW, 1, C·mult]`, group = C. */
function depthwiseOf(c: LayerContext, x: string, biases: readonly string[], activation: Activation): string {
  const window = windowOf(c, c.pair('strides', [1, 1]));
  const { shape } = c.weightTensor('depthwise_kernel');
  const [kH, kW, channels, multiplier] = shape;
  if (shape.length !== 4 || !kH || !kW || !channels || !multiplier) {
    c.refuse(`a depthwise kernel of shape [${shape.join(', ')}]`);
  }
  const weights = c.reshape(c.weight('depthwise_kernel'), [kH, kW, 1, channels * multiplier]);
  return c.one('Conv', [x, weights, ...biases], { ...window, group: channels, activation });
}

const depthwise: LayerTranslation = (c) =>
  c.withActivation(c.activation(), (activation) => depthwiseOf(c, c.x, bias(c), activation));

const separable: LayerTranslation = (c) => {
  const depth = depthwiseOf(c, c.x, [], NO_ACTIVATION);
  const pointwise = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit', group: 1 } as const;
  return c.withActivation(c.activation(), (activation) =>
    c.one('Conv', [depth, c.weight('pointwise_kernel'), ...bias(c)], { ...pointwise, activation }),
  );
};

const pool =
  (op: 'MaxPool' | 'AveragePool'): LayerTranslation =>
  (c) => {
    const kernel = c.pair('pool_size', [2, 2]);
    const [kH = 2, kW = 2] = kernel;
    const window = { ...windowOf(c, c.pair('strides', [kH, kW])), dilations: [1, 1], kernel, ceilMode: false };
    // Keras leaves the padding of `same` out of an average.
    return op === 'MaxPool' ? c.one(op, [c.x], window) : c.one(op, [c.x], { ...window, countIncludePad: false });
  };

const globalPool =
  (op: 'GlobalAveragePool' | 'GlobalMaxPool'): LayerTranslation =>
  (c) => {
    c.refuseAll(layoutProblems(c));
    const y = c.one(op, [c.x], {});
    return c.bool('keepdims', false) ? y : c.one('Squeeze', [y], { axes: [1, 2] });
  };

const zeroPadding: LayerTranslation = (c) => {
  c.refuseAll(layoutProblems(c));
  const [top, bottom, left, right] = c.margins('padding');
  return c.one('Pad', [c.x, c.ints([0, top, left, 0, 0, bottom, right, 0])], { mode: 'constant' });
};

const cropping: LayerTranslation = (c) => {
  c.refuseAll(layoutProblems(c));
  const [top, bottom, left, right] = c.margins('cropping');
  return c.one('Pad', [c.x, c.ints([0, -top, -left, 0, 0, -bottom, -right, 0])], { mode: 'constant' });
};

/** As TensorFlow.js computes it: coordinates are divided by the factor, without half-pixel centres. */
const upSampling: LayerTranslation = (c) => {
  const interpolation = c.string('interpolation', 'nearest');
  const problems = layoutProblems(c);
  if (interpolation !== 'nearest' && interpolation !== 'bilinear') problems.push(`interpolation ${interpolation}`);
  c.refuseAll(problems);
  const mode = interpolation === 'bilinear' ? 'linear' : 'nearest';
  const scales = c.constant(tensorOf('float32', [2], c.pair('size', [2, 2])));
  return c.one('Resize', [c.x, scales], { mode, coordinateMode: 'asymmetric', nearestMode: 'floor' });
};

/** Rows of the layer table. */
export const SPATIAL: Translations<LayerContext> = {
  Conv2D: conv2d,
  Convolution2D: conv2d,
  DepthwiseConv2D: depthwise,
  SeparableConv2D: separable,
  SeparableConvolution2D: separable,
  MaxPooling2D: pool('MaxPool'),
  MaxPool2D: pool('MaxPool'),
  AveragePooling2D: pool('AveragePool'),
  AvgPool2D: pool('AveragePool'),
  GlobalAveragePooling2D: globalPool('GlobalAveragePool'),
  GlobalAvgPool2D: globalPool('GlobalAveragePool'),
  GlobalMaxPooling2D: globalPool('GlobalMaxPool'),
  GlobalMaxPool2D: globalPool('GlobalMaxPool'),
  ZeroPadding2D: zeroPadding,
  Cropping2D: cropping,
  UpSampling2D: upSampling,
};
