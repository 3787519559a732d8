/** Translations of convolutions, pools and matrix products, with the functions the converter fused into them. */
import type { Activation, Window } from '../../../ir/ops.ts';
import { NO_ACTIVATION, RELU, RELU6 } from '../../../ir/ops.ts';
import type { NodeContext, Translation } from './context.ts';

/** Functions that the converter fuses by name. Prelu has an operand and is handled apart. */
const FUSED: Readonly<Record<string, (c: NodeContext) => Activation>> = {
  Relu: () => RELU,
  Relu6: () => RELU6,
  Elu: () => ({ kind: 'elu', alpha: 1, beta: 0 }),
  LeakyRelu: (c) => ({ kind: 'leakyRelu', alpha: c.attr.float('leakyrelu_alpha', 0.2), beta: 0 }),
  Sigmoid: () => ({ kind: 'sigmoid', alpha: 0, beta: 0 }),
  Tanh: () => ({ kind: 'tanh', alpha: 0, beta: 0 }),
};

/** What follows a fused product: operands by value name, '' where absent. */
interface Epilogue {
  readonly bias: string;
  readonly residual: string;
  readonly activation: Activation;
  readonly slope: string;
}

function epilogue(c: NodeContext): Epilogue {
  let next = 2;
  let bias = '';
  let residual = '';
  let slope = '';
  let activation = NO_ACTIVATION;
  for (const name of c.attr.strings('fused_ops')) {
    const fused = Object.hasOwn(FUSED, name) ? FUSED[name] : undefined;
    const last = activation.kind !== 'none' || slope !== '';
    if (last) c.refuse(`fused_ops with ${name} after the activation`);
    if (name === 'BiasAdd' && bias === '' && residual === '') bias = c.input(next++);
    else if (name === 'Add' && residual === '') residual = c.input(next++);
    else if (name === 'Prelu') slope = c.input(next++);
    else if (fused) activation = fused(c);
    else c.refuse(`fused_ops ${name}`);
  }
  return { bias, residual, activation, slope };
}

function requireChannelsLast(c: NodeContext, problems: string[]): void {
  const layout = c.attr.string('data_format', 'NHWC');
  if (layout !== 'NHWC') problems.push(`data_format ${layout}`);
}

/** The height and width entries of a per-dimension attribute; the others must be 1. */
function spatial(c: NodeContext, name: string, problems: string[]): number[] {
  const [n = 1, h = 1, w = 1, ch = 1] = c.attr.ints(name, [1, 1, 1, 1]);
  if (n !== 1 || ch !== 1) problems.push(`${name} [${[n, h, w, ch].join(', ')}]`);
  return [h, w];
}

function windowOf(c: NodeContext): Window {
  const problems: string[] = [];
  requireChannelsLast(c, problems);
  const strides = spatial(c, 'strides', problems);
  const dilations = spatial(c, 'dilations', problems);
  const padding = c.attr.string('padding', 'VALID');
  const explicit = c.attr.ints('explicit_paddings', []);
  if (!['SAME', 'VALID', 'EXPLICIT'].includes(padding)) problems.push(`padding ${padding}`);
  c.refuseAll(problems);
  const [, , top = 0, bottom = 0, left = 0, right = 0] = padding === 'EXPLICIT' ? explicit : [];
  const pads = [top, left, bottom, right];
  return { strides, dilations, pads, padMode: padding === 'SAME' ? 'sameUpper' : 'explicit' };
}

/** Depthwise weights `[kH, kW, C, mult]` as a grouped convolution's `[kH, kW, 1, C·mult]`; group = C. */
function depthwiseWeights(c: NodeContext): { weights: string; group: number } {
  const filter = c.constantInput(1);
  if (!filter) c.refuse('a depthwise filter computed at run time');
  const [kH, kW, channels, multiplier] = filter.shape;
  if (filter.shape.length !== 4 || !kH || !kW || !channels || !multiplier) {
    c.refuse(`a depthwise filter of shape [${filter.shape.join(', ')}]`);
  }
  return { weights: c.reshape(c.input(1), [kH, kW, 1, channels * multiplier]), group: channels };
}

function convolution(c: NodeContext, weights: string, group: number): string {
  const { bias, residual, activation, slope } = epilogue(c);
  const inputs = [c.input(0), weights, ...(bias || residual ? [bias] : []), ...(residual ? [residual] : [])];
  const y = c.one('Conv', inputs, { ...windowOf(c), group, activation });
  return slope ? c.one('PRelu', [y, slope], {}) : y;
}

const conv2d: Translation = (c) => convolution(c, c.input(1), 1);

const depthwise: Translation = (c) => {
  const { weights, group } = depthwiseWeights(c);
  return convolution(c, weights, group);
};

const pool =
  (op: 'MaxPool' | 'AveragePool'): Translation =>
  (c) => {
    const window = windowOf(c);
    const problems: string[] = [];
    const kernel = spatial(c, 'ksize', problems);
    c.refuseAll(problems);
    // Both TensorFlow pools leave padding out of the window: a maximum never sees it, an average does not count it.
    if (op === 'MaxPool') return c.one(op, [c.input(0)], { ...window, kernel, ceilMode: false });
    return c.one(op, [c.input(0)], { ...window, kernel, ceilMode: false, countIncludePad: false });
  };

const matMul =
  (transA: string, transB: string): Translation =>
  (c) => {
    const { bias, residual, activation, slope } = epilogue(c);
    const attributes = { transA: c.attr.bool(transA, false), transB: c.attr.bool(transB, false) };
    const before = residual || slope ? NO_ACTIVATION : activation;
    const inputs = [c.input(0), c.input(1), ...(bias ? [bias] : [])];
    let y = c.one('MatMul', inputs, { ...attributes, activation: before });
    if (residual) y = c.activate(c.binary('add', y, residual), activation);
    return slope ? c.one('PRelu', [y, slope], {}) : y;
  };

const batchNorm: Translation = (c) => {
  const problems: string[] = [];
  requireChannelsLast(c, problems);
  // 1e-4 is the operator's own default. `is_training` is not read: the converter only keeps inference graphs.
  const epsilon = c.attr.float('epsilon', 1e-4);
  c.refuseAll(problems);
  return c.one('BatchNormalization', c.inputs(0, 5), { axis: -1, epsilon, activation: NO_ACTIVATION });
};

/** Rows of the operator table. */
export const CONVOLUTION: Readonly<Record<string, Translation>> = {
  Conv2D: conv2d,
  _FusedConv2D: conv2d,
  DepthwiseConv2d: depthwise,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2dNative: depthwise,
  MaxPool: pool('MaxPool'),
  AvgPool: pool('AveragePool'),
  MatMul: matMul('transpose_a', 'transpose_b'),
  _FusedMatMul: matMul('transpose_a', 'transpose_b'),
  BatchMatMul: matMul('adj_x', 'adj_y'),
  BatchMatMulV2: matMul('adj_x', 'adj_y'),
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
};
