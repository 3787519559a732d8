/** Translations of quantised reductions, pools, softmax, norms and resizes, and of the border to real numbers. */
import type { OperatorContext, TfliteTranslation } from '../../context.ts';
import { poolOf } from '../pool.ts';
import { cornersOf } from '../../../lib/tensorflow/resize.ts';
import { rescaledInput } from './functions.ts';
import {
  affineAt,
  byteAt,
  fixedScale,
  movedAt,
  movedResult,
  quantisedInput,
  RANGES,
  requantisation,
  resultAffine,
  resultByte,
  resultParameters,
} from './operands.ts';

/** Of no axes: the same integers in the result's scale. */
function reduce(c: OperatorContext, kind: 'mean' | 'sum'): string {
  const axes = c.knownInts(1, 'axes');
  const { keepDims } = c.options('Reducer');
  if (axes.length === 0) return rescaledInput(c, 0);
  const operands = [...quantisedInput(c, 0), ...resultParameters(c)];
  return c.one('QLinearReduce', operands, { kind, axes, keepDims, ...requantisation(c) });
}

/** Both ends of these operators have one scale. */
function sameScale(c: OperatorContext): void {
  const [from, to] = [affineAt(c, 0), resultAffine(c)];
  if (from.scale !== to.scale || from.zeroPoint !== to.zeroPoint) c.refuse('a result of another scale than the input');
}

const averagePool: TfliteTranslation = (c) => {
  sameScale(c);
  const { window, activation } = poolOf(c);
  const operands = [...quantisedInput(c, 0), ...resultParameters(c)];
  return c.one('QLinearAveragePool', operands, { ...window, countIncludePad: false, ...requantisation(c, activation) });
};

/** The maximum of the integers; a fused activation is a table of them. */
const maxPool: TfliteTranslation = (c) => {
  sameScale(c);
  const { window, activation } = poolOf(c);
  const y = c.one('MaxPool', [c.rawInput(0)], window);
  const { range } = requantisation(c, activation);
  const [lowest, highest] = RANGES[resultByte(c)];
  if (range[0] === lowest && range[1] === highest) return y;
  const held = c.binary('max', y, c.scalar(resultByte(c), range[0]));
  return c.binary('min', held, c.scalar(resultByte(c), range[1]));
};

const softmax =
  (log: boolean): TfliteTranslation =>
  (c) => {
    if (log) fixedScale(c, 1 / 16, { int8: 127, uint8: 255 });
    else fixedScale(c, 1 / 256, { int8: -128, uint8: 0 });
    const beta = log ? 1 : c.options('Softmax').beta;
    if (!(beta > 0 && beta < Infinity)) c.fail(`has a beta of ${beta}`);
    const operands = [...quantisedInput(c, 0), ...resultParameters(c)];
    return c.one('QLinearSoftmax', operands, { axis: -1, beta, log, ...requantisation(c) });
  };

const l2Normalization: TfliteTranslation = (c) => {
  fixedScale(c, 1 / 128, { int8: 0, uint8: 128 });
  const operands = [...quantisedInput(c, 0), ...resultParameters(c)];
  return c.one('QLinearL2Normalization', operands, { axis: -1, ...requantisation(c, c.options('L2Norm').activation) });
};

const resizeBilinear: TfliteTranslation = (c) => {
  sameScale(c);
  const coordinateMode = cornersOf(c.options('ResizeBilinear'));
  const [height = 0, width = 0] = c.knownInts(1, 'sizes');
  byteAt(c, 0);
  return c.one('QLinearResize', [c.rawInput(0)], { sizes: [height, width], coordinateMode, rounding: c.rounding });
};

/** Real numbers as integers, or integers in another scale or type. */
const quantize: TfliteTranslation = (c) => {
  const { type } = c.tensor(0);
  if (type === 'int8' || type === 'uint8') return rescaledInput(c, 0);
  if (type !== 'float32' && type !== 'float16') return c.refuse(`${type} elements in another scale`);
  const to = movedResult(c);
  return c.one('QuantizeLinear', [c.input(0), ...resultParameters(c, to)], {
    axis: 0,
    blockSize: 0,
    to,
    // What is shipped rounds 16 bits as the reference does, but multiplies by 1/scale in runs of eight: a step apart at ties.
    rounding: to === 'int16' ? 'tfl-double' : c.rounding,
  });
};

/** Integers as the real numbers that they stand for. */
const dequantize: TfliteTranslation = (c) => {
  const [x, scale = '', zero = ''] = quantisedInput(c, 0, movedAt(c, 0));
  return c.one('DequantizeLinear', [x ?? '', scale, zero], { axis: 0, blockSize: 0 });
};

/** Rows of the operator table. */
export const ROWS = {
  MEAN: (c: OperatorContext) => reduce(c, 'mean'),
  SUM: (c: OperatorContext) => reduce(c, 'sum'),
  AVERAGE_POOL_2D: averagePool,
  MAX_POOL_2D: maxPool,
  SOFTMAX: softmax(false),
  LOG_SOFTMAX: softmax(true),
  L2_NORMALIZATION: l2Normalization,
  RESIZE_BILINEAR: resizeBilinear,
  QUANTIZE: quantize,
  DEQUANTIZE: dequantize,
};
