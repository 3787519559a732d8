/** Activations: functions of one element that a producer can apply to its result. */
import type { Tensor } from '../../../../core/tensor.ts';
import { RELU, type ActivationKind } from '../../../../ir/ops.ts';
import type { OnnxNode, OnnxTranslation } from '../../node.ts';

/** The largest numbers: bounds of a Clip that is open on one side, as ONNX itself defines the default. */
const LARGEST = { float32: 3.4028234663852886e38, float16: 65504 } as const;

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
  const { dtype } = n.facts(0);
  const type = dtype === 'float16' ? dtype : 'float32';
  const most = LARGEST[type];
  if (n.opset < 11) return clipTo(n, n.attr.float('min', -most), n.attr.float('max', most));
  const names = [n.optional(1), n.optional(2)];
  const [low, high] = [n.constantInput(1), n.constantInput(2)];
  const known = names.every((name, i) => name === '' || isFloatScalar(i === 0 ? low : high));
  if (known && (low ?? high)) return clipTo(n, low?.data[0] ?? -most, high?.data[0] ?? most);
  // Where the bounds are not known here. Of integers there is nothing beyond theirs.
  return names.reduce((x, name, i) => {
    const bound = name || (dtype === type ? n.scalar(type, i === 0 ? -most : most) : '');
    return bound === '' ? x : n.binary(i === 0 ? 'max' : 'min', x, bound);
  }, n.input(0));
}

function isFloatScalar(t: Tensor | undefined): boolean {
  return t !== undefined && t.data.length === 1 && (t.dtype === 'float32' || t.dtype === 'float16');
}

/** A bound that is NaN does not bind. From zero up it is a ReLU, which leaves infinity as it is. */
function clipTo(n: OnnxNode, low: number, high: number): string {
  const bounds = { alpha: low === low ? low : -Infinity, beta: high === high ? high : Infinity };
  const isRelu = bounds.alpha === 0 && bounds.beta >= LARGEST.float32;
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
