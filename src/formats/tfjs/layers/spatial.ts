/** Translations of the layers that see an image's neighbourhoods: convolutions, pools, padding. */
import type { Activation, Window } from '../../../ir/ops.ts';
import type { Rows } from '../../lib/translate.ts';
import type { LayerContext, LayerTranslation } from './context.ts';

/** Problems that any spatial layer may have. */
export function layoutProblems(c: LayerContext): string[] {
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

/** The bias, where the layer has one. */
export function bias(c: LayerContext): string[] {
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
export function depthwiseOf(c: LayerContext, x: string, biases: readonly string[], activation: Activation): string {
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

const pool =
  (op: 'MaxPool' | 'AveragePool'): LayerTranslation =>
  (c) => {
    const kernel = c.pair('pool_size', [2, 2]);
    const [kH = 2, kW = 2] = kernel;
    const window = { ...windowOf(c, c.pair('strides', [kH, kW])), dilations: [1, 1], kernel, ceilMode: false };
    // Keras leaves the padding of `same` out of an average.
    return op === 'MaxPool' ? c.one(op, [c.x], window) : c.one(op, [c.x], { ...window, countIncludePad: false });
  };

/** A pool over all rows and columns. */
export const globalPooling =
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

/** Rows of the layer table: what common networks have. */
export const SPATIAL: Rows<LayerContext> = {
  Conv2D: conv2d,
  Convolution2D: conv2d,
  DepthwiseConv2D: depthwise,
  MaxPooling2D: pool('MaxPool'),
  MaxPool2D: pool('MaxPool'),
  AveragePooling2D: pool('AveragePool'),
  AvgPool2D: pool('AveragePool'),
  GlobalAveragePooling2D: globalPooling('GlobalAveragePool'),
  GlobalAvgPool2D: globalPooling('GlobalAveragePool'),
  ZeroPadding2D: zeroPadding,
};
