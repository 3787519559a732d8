/** Translations of the layers that see an image's neighbourhoods: convolutions, pools, padding; of one to three dimensions. */
import type { Activation, PadMode, Window } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import { aroundChannelsLast } from '../../lib/channels-first.ts';
import type { Rows } from '../../lib/translate.ts';
import type { LayerContext, LayerTranslation } from './context.ts';

/** Applies `compute`, which works on channels-last images, to the layer's operand in the layer's layout. */
export function spatially(c: LayerContext, dims: number, compute: (x: string) => string): string {
  return c.channelsFirst ? aroundChannelsLast(c, c.x, dims + 2, compute) : compute(c.x);
}

/** The window over `dims` dimensions; `kernel` is its extent. */
function windowOf(c: LayerContext, kernel: readonly number[], strides: number | readonly number[]): Window {
  const dims = kernel.length;
  const padding = c.string('padding', 'valid');
  // Causal: an output sees what came before it and nothing after.
  const causal = padding === 'causal' && dims === 1;
  if (padding !== 'same' && padding !== 'valid' && !causal) c.refuse(`padding ${padding}`);
  const dilations = c.extents('dilation_rate', dims, 1);
  const before = kernel.map((k, i) => (causal ? (k - 1) * (dilations[i] ?? 1) : 0));
  const padMode: PadMode = padding === 'same' ? 'sameUpper' : 'explicit';
  return {
    strides: c.extents('strides', dims, strides),
    dilations,
    pads: [...before, ...range(dims).fill(0)],
    padMode,
  };
}

/** The bias, where the layer has one. */
export function bias(c: LayerContext): string[] {
  return c.bool('use_bias', true) ? [c.weight('bias')] : [];
}

/** A convolution over `dims` dimensions. */
export const convolution =
  (dims: number): LayerTranslation =>
  (c) => {
    const window = windowOf(c, c.weightTensor('kernel').shape.slice(0, dims), 1);
    const group = c.int('groups', 1);
    return c.withActivation(c.activation(), (activation) =>
      spatially(c, dims, (x) => c.one('Conv', [x, c.weight('kernel'), ...bias(c)], { ...window, group, activation })),
    );
  };

/** A depthwise product as a grouped convolution: weights `[…K, C, mult]` → `[…K, 1, C·mult]`, group = C. */
export function depthwiseOf(
  c: LayerContext,
  x: string,
  dims: number,
  biases: readonly string[],
  activation: Activation,
): string {
  // Keras 3 calls it as that of any convolution.
  const name = c.hasWeight('depthwise_kernel') ? 'depthwise_kernel' : 'kernel';
  const { shape } = c.weightTensor(name);
  const [channels, multiplier] = shape.slice(dims);
  if (shape.length !== dims + 2 || !channels || !multiplier) {
    c.refuse(`a depthwise kernel of shape [${shape.join(', ')}]`);
  }
  const kernel = shape.slice(0, dims);
  const weights = c.reshape(c.weight(name), [...kernel, 1, channels * multiplier]);
  return c.one('Conv', [x, weights, ...biases], { ...windowOf(c, kernel, 1), group: channels, activation });
}

/** A depthwise convolution over `dims` dimensions. */
export const depthwiseConvolution =
  (dims: number): LayerTranslation =>
  (c) =>
    c.withActivation(c.activation(), (activation) =>
      spatially(c, dims, (x) => depthwiseOf(c, x, dims, bias(c), activation)),
    );

/** A pool over `dims` dimensions. */
export const pooling =
  (op: 'MaxPool' | 'AveragePool', dims: number): LayerTranslation =>
  (c) => {
    const kernel = c.extents('pool_size', dims, 2);
    const window = { ...windowOf(c, kernel, kernel), kernel, ceilMode: false };
    // Keras leaves the padding of `same` out of an average.
    return spatially(c, dims, (x) =>
      op === 'MaxPool' ? c.one(op, [x], window) : c.one(op, [x], { ...window, countIncludePad: false }),
    );
  };

/** A pool over all of `dims` dimensions. */
export const globalPooling =
  (op: 'GlobalAveragePool' | 'GlobalMaxPool', dims: number): LayerTranslation =>
  (c) => {
    const y = spatially(c, dims, (x) => c.one(op, [x], {}));
    const first = c.channelsFirst ? 2 : 1;
    return c.bool('keepdims', false) ? y : c.one('Squeeze', [y], { axes: range(dims).map((i) => first + i) });
  };

/** Zeros around `dims` dimensions, or a margin less of them. */
export const margins =
  (key: 'padding' | 'cropping', dims: number): LayerTranslation =>
  (c) => {
    const pads = c.margins(key, dims, key === 'padding' ? 1 : -1);
    return spatially(c, dims, (x) => c.one('Pad', [x, pads], { mode: 'constant' }));
  };

/** Rows of the layer table: what common networks have. */
export const SPATIAL: Rows<LayerContext> = {
  Conv2D: convolution(2),
  Convolution2D: convolution(2),
  DepthwiseConv2D: depthwiseConvolution(2),
  MaxPooling2D: pooling('MaxPool', 2),
  MaxPool2D: pooling('MaxPool', 2),
  AveragePooling2D: pooling('AveragePool', 2),
  AvgPool2D: pooling('AveragePool', 2),
  GlobalAveragePooling2D: globalPooling('GlobalAveragePool', 2),
  GlobalAvgPool2D: globalPooling('GlobalAveragePool', 2),
  ZeroPadding2D: margins('padding', 2),
};
