/** Translations of quantised convolutions and matrix products. */
import { at } from '../../../../util/arrays.ts';
import type { Rounding } from '../../../../ir/ops.ts';
import type { OperatorContext, TfliteTranslation } from '../../context.ts';
import { plannedConv2d, plannedDepthwise, type PlannedConv } from '../conv.ts';
import { plannedTransposeConv } from '../conv-further.ts';
import { plannedFullyConnected } from '../product.ts';
import { paddingOf } from '../window.ts';
import {
  affineAt,
  byteAt,
  filterParameters,
  quantisedInput,
  requantisation,
  resultAffine,
  resultParameters,
} from './operands.ts';

/** The rule of what the shipped runtime leaves to the reference kernels. */
const REFERENCE = 'tfl-double';

/** By how many steps of the result a bias may be off that says another scale than sums have. */
const BIAS_ERROR = 0.02;

/** The bias, integers of the scale that sums have. Throws ImportError where it says that it has another. */
function biasAt(c: OperatorContext, index: number, x: number): string[] {
  if (!c.has(index)) return [];
  const { type, name } = c.tensor(index);
  if (type !== 'int32') c.refuse(`a bias "${name}" of ${type}`);
  const { scales = [], zeroPoints = [] } = c.quantisation(index) ?? {};
  if (zeroPoints.some((zero) => zero !== 0)) c.fail(`has a bias "${name}" with a zero point`);
  const [[scale = 0, ...more], filter = []] = [scales, c.quantisation(1)?.scales];
  // What a channel without weights has for a scale is 0.
  if (scale !== 0 && more.length === 0 && filter.length === 1) {
    const off = Math.abs(scale - affineAt(c, x).scale * at(filter, 0)) / resultAffine(c).scale;
    if (off > BIAS_ERROR) c.fail(`has a bias "${name}" of scale ${scale}, which is not the product of the others`);
  }
  return [c.rawInput(index)];
}

/**
 * Constants of what a convolution's filter stands for, whose output channels lie along `channels`. Throws ImportError on int8
 * with a zero point: the format has none there, and the runtimes pass over it.
 */
function kernelParameters(c: OperatorContext, channels: number): string[] {
  const zero = byteAt(c, 1) === 'int8' ? c.quantisation(1)?.zeroPoints.find((point) => point !== 0) : undefined;
  if (zero !== undefined) c.fail(`has an int8 filter "${c.tensor(1).name}" with a zero point of ${zero}`);
  return filterParameters(c, 1, channels);
}

/** `channels` is the axis of a filter's output channels. */
function convolution(
  c: OperatorContext,
  { weights, window, group, activation }: PlannedConv,
  channels: number,
): string {
  const operands = [...quantisedInput(c, 0), weights, ...kernelParameters(c, channels), ...resultParameters(c)];
  return c.one('QLinearConv', [...operands, ...biasAt(c, 2, 0)], {
    ...window,
    group,
    ...requantisation(c, activation),
  });
}

const conv2d: TfliteTranslation = (c) => convolution(c, plannedConv2d(c), 0);

const depthwise: TfliteTranslation = (c) => convolution(c, plannedDepthwise(c), 3);

const transposeConv: TfliteTranslation = (c) => {
  const { weights, window, activation } = plannedTransposeConv(c);
  const operands = [...quantisedInput(c, 2), weights, ...kernelParameters(c, 0), ...resultParameters(c)];
  const [, ...kernel] = c.shape(1);
  const hasGaps = window.strides.some((stride, i) => stride > at(kernel, i));
  const byReference = hasGaps && paddingOf(c, c.options('TransposeConv').padding) === 'SAME';
  return c.one('QLinearConvTranspose', [...operands, ...biasAt(c, 3, 2)], {
    ...window,
    group: 1,
    ...requantisation(c, activation, byReference ? REFERENCE : c.rounding),
  });
};

/** How products with matrices are rounded: the shipped runtime has kernels of its own for computed ones with a zero point. */
function matrixRounding(c: OperatorContext, own: Rounding = REFERENCE): Rounding {
  const plain = c.rounding === REFERENCE || c.rawConstant(1) || affineAt(c, 1).zeroPoint === 0;
  return plain ? c.rounding : own;
}

const fullyConnected: TfliteTranslation = (c) => {
  const { rows, activation, restored } = plannedFullyConnected(c);
  const rounding = matrixRounding(c, byteAt(c, 0) === 'int8' ? 'tfl-single' : REFERENCE);
  const [, ...parameters] = quantisedInput(c, 0);
  const operands = [rows, ...parameters, c.rawInput(1), ...filterParameters(c, 1, 0), ...resultParameters(c)];
  const attributes = { transA: false, transB: true, ...requantisation(c, activation, rounding) };
  return restored(c.one('QLinearMatMul', [...operands, ...biasAt(c, 2, 0)], attributes));
};

const batchMatMul: TfliteTranslation = (c) => {
  const { adjX: transA, adjY: transB } = c.options('BatchMatMul');
  const operands = [...quantisedInput(c, 0), ...quantisedInput(c, 1), ...resultParameters(c)];
  return c.one('QLinearMatMul', operands, { transA, transB, ...requantisation(c, 0, matrixRounding(c)) });
};

/** Rows of the operator table. */
export const PRODUCTS = {
  CONV_2D: conv2d,
  DEPTHWISE_CONV_2D: depthwise,
  TRANSPOSE_CONV: transposeConv,
  FULLY_CONNECTED: fullyConnected,
  BATCH_MATMUL: batchMatMul,
};
