/** Activations: functions of one element that a producer can apply to its result. */
import type { Tensor } from '../../../../core/tensor.ts';
import { RELU, type ActivationKind } from '../../../../ir/ops.ts';
import type { OnnxNode, OnnxTranslation } from '../../node.ts';

/** Largest finite float32: the bound of a Clip that is open on one side, as ONNX itself defines the default. */
const FLOAT_MAX = 3.4028234663852886e38;

/** An activation whose parameters, if any, are float attributes. */
export function activation(
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

/** A bound that is NaN does not bind. */
function clipTo(n: OnnxNode, low: number, high: number): string {
  const bounds = { alpha: low === low ? low : -Infinity, beta: high === high ? high : Infinity };
  const isRelu = bounds.alpha === 0 && bounds.beta >= FLOAT_MAX;
  return n.activate(n.input(0), isRelu ? RELU : { kind: 'clip', ...bounds });
}

/** Activations that classifiers have. */
export const ACTIVATIONS = {
  Relu: activation('relu'),
  LeakyRelu: activation('leakyRelu', ['alpha', 0.01]),
  Sigmoid: activation('sigmoid'),
  HardSigmoid: activation('hardSigmoid', ['alpha', 0.2], ['beta', 0.5]),
  HardSwish: activation('hardSwish'),
  Clip: clip,
};
