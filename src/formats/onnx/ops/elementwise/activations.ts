/** Activations: functions of one element that a producer can apply to its result. */
import { isFloat } from '../../../../core/dtype.ts';
import type { Tensor } from '../../../../core/tensor.ts';
import { RELU, type ActivationKind } from '../../../../ir/ops.ts';
import type { OnnxNode, OnnxTranslation } from '../../node.ts';

/** The largest numbers: bounds of a Clip that is open on one side, as ONNX itself defines the default. */
const [FLOAT_MAX, HALF_MAX] = [3.4028234663852886e38, 65504];

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
  const most = dtype === 'float16' ? HALF_MAX : FLOAT_MAX;
  if (n.opset < 11) return clipTo(n, n.attr.float('min', -most), n.attr.float('max', most));
  const [x, min, max] = [n.input(0), n.optional(1), n.optional(2)];
  const [low, high] = [n.constantInput(1), n.constantInput(2)];
  const known = (min === '' || isFloatScalar(low)) && (max === '' || isFloatScalar(high));
  if (known && (low ?? high)) return clipTo(n, low?.data[0] ?? -most, high?.data[0] ?? most);
  // Where bounds are not known here. Of integers there is nothing beyond theirs.
  const clipped = (kind: 'min' | 'max', v: string, given: string, open: number): string => {
    const bound = given || (dtype && isFloat(dtype) ? n.scalar(dtype, open) : '');
    return bound ? n.binary(kind, v, bound) : v;
  };
  return clipped('min', clipped('max', x, min, -most), max, most);
}

function isFloatScalar(t: Tensor | undefined): boolean {
  return t !== undefined && t.data.length === 1 && isFloat(t.dtype);
}

/** A bound that is NaN does not bind. From zero up it is a ReLU, which leaves infinity as it is. */
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
