/** Activations: functions of one element that a producer can apply to its result. */
import type { Tensor } from '../../../../core/tensor.ts';
import { RELU, type ActivationKind } from '../../../../ir/ops.ts';
import type { OnnxNode, OnnxTranslation } from '../../node.ts';
import { unsqueezeEnd } from './arithmetic.ts';

/** Largest finite float32: the bound of a Clip that is open on one side, as ONNX itself defines the default. */
const FLOAT_MAX = 3.4028234663852886e38;

const DEFAULT_SELU_ALPHA = 1.6732632423543772;
const DEFAULT_SELU_GAMMA = 1.0507009873554805;

/** An activation whose parameters, if any, are float attributes. */
function activation(
  kind: ActivationKind,
  alpha?: readonly [string, number],
  beta?: readonly [string, number],
): OnnxTranslation {
  return (n) => {
    n.attr.ignore('consumed_inputs');
    const parameters = { alpha: alpha ? n.attr.float(...alpha) : 0, beta: beta ? n.attr.float(...beta) : 0 };
    return n.activate(n.input(0), { kind, ...parameters });
  };
}

function clip(n: OnnxNode): string {
  n.attr.ignore('consumed_inputs');
  const x = n.input(0);
  if (n.opset < 11) return clipTo(n, n.attr.float('min', -FLOAT_MAX), n.attr.float('max', FLOAT_MAX));
  const [min, max] = [n.optional(1), n.optional(2)];
  const [low, high] = [n.constantInput(1), n.constantInput(2)];
  const known = (min === '' || isFloatScalar(low)) && (max === '' || isFloatScalar(high));
  if (known && (low ?? high)) return clipTo(n, low?.data[0] ?? -FLOAT_MAX, high?.data[0] ?? FLOAT_MAX);
  const raised = min === '' ? x : n.binary('max', x, min);
  return max === '' ? raised : n.binary('min', raised, max);
}

function isFloatScalar(t: Tensor | undefined): boolean {
  return t !== undefined && t.data.length === 1 && (t.dtype === 'float32' || t.dtype === 'float16');
}

function clipTo(n: OnnxNode, low: number, high: number): string {
  const bounds = { alpha: Math.max(low, -FLOAT_MAX), beta: Math.min(high, FLOAT_MAX) };
  const isRelu = bounds.alpha === 0 && bounds.beta === FLOAT_MAX;
  return n.activate(n.input(0), isRelu ? RELU : { kind: 'clip', ...bounds });
}

function gelu(n: OnnxNode): string {
  const kind = n.attr.choice('approximate', 'none', ['none', 'tanh']) === 'tanh' ? 'geluTanh' : 'gelu';
  return n.activate(n.input(0), { kind, alpha: 0, beta: 0 });
}

function swish(n: OnnxNode): string {
  const alpha = n.attr.float('alpha', 1);
  if (alpha !== 1) n.refuse(`alpha = ${alpha}`);
  return n.activate(n.input(0), { kind: 'swish', alpha: 0, beta: 0 });
}

/** Before opset 7 a slope of more than one element holds one per channel, axis 1. */
function pRelu(n: OnnxNode): string {
  const slope = n.input(1);
  const perChannel = n.opset < 7 && n.rank(1) === 1 && n.facts(1).length !== 1;
  const trailing = perChannel ? n.rank(0) - 2 : 0;
  return n.one('PRelu', [n.input(0), trailing > 0 ? unsqueezeEnd(n, slope, 1, trailing) : slope], {});
}

/** Activations. */
export const ACTIVATIONS = {
  Relu: activation('relu'),
  LeakyRelu: activation('leakyRelu', ['alpha', 0.01]),
  Elu: activation('elu', ['alpha', 1]),
  Selu: activation('selu', ['alpha', DEFAULT_SELU_ALPHA], ['gamma', DEFAULT_SELU_GAMMA]),
  Celu: activation('celu', ['alpha', 1]),
  Sigmoid: activation('sigmoid'),
  HardSigmoid: activation('hardSigmoid', ['alpha', 0.2], ['beta', 0.5]),
  HardSwish: activation('hardSwish'),
  Tanh: activation('tanh'),
  Softplus: activation('softplus'),
  Softsign: activation('softsign'),
  Mish: activation('mish'),
  Gelu: gelu,
  Swish: swish,
  Clip: clip,
  PRelu: pRelu,
};
