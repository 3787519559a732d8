/** com.microsoft.FusedConv: a convolution with what onnxruntime's optimizer appended to it. */
import type { ActivationKind } from '../../../ir/ops.ts';
import type { OnnxNode } from '../node.ts';
import { CONV } from './conv.ts';

/** Activations by name, and how many parameters each has. */
const APPENDED: Readonly<Record<string, readonly [ActivationKind, number]>> = {
  '': ['none', 0],
  Relu: ['relu', 0],
  Sigmoid: ['sigmoid', 0],
  Tanh: ['tanh', 0],
  LeakyRelu: ['leakyRelu', 1],
  HardSigmoid: ['hardSigmoid', 2],
  Clip: ['clip', 2],
};

/** Inputs are those of Conv and a residual, added before the activation. */
export function fusedConv(n: OnnxNode): string {
  return appended(n, () => CONV.Conv(n));
}

/** What `conv` gives, with the residual and the activation of the node. */
export function appended(n: OnnxNode, conv: () => string): string {
  const [kind, count] = APPENDED[n.attr.choice('activation', '', Object.keys(APPENDED))] ?? ['none', 0];
  const given = n.attr.floats('activation_params') ?? [];
  if (given.length < count) n.fail(`activation_params has ${given.length} entries, not ${count}`);
  const [alpha = 0, beta = 0] = given.slice(0, count);
  const residual = n.optional(3);
  const y = conv();
  return n.activate(residual === '' ? y : added(n, y, residual), { kind, alpha, beta });
}

/** y + residual, which has the shape of y: the Reshape is nothing then, and an error where the residual would enlarge y. */
function added(n: OnnxNode, y: string, residual: string): string {
  return n.reshapeTo(n.binary('add', y, residual), n.one('Shape', [y], {}));
}
