/** The meaning of every `ActivationKind`, and the error function. */
import type { Activation, ActivationKind } from '../../ir/ops.ts';
import { erf } from '../../util/erf.ts';

type ScalarFunction = (x: number, alpha: number, beta: number) => number;

const sigmoid: ScalarFunction = (x) => 1 / (1 + Math.exp(-x));
/** log(1 + eˣ) without overflow. */
const softplus: ScalarFunction = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
/** min(max(x, low), high) that lets NaN through: where the bounds are the wrong way round the upper one holds. */
const clamp = (x: number, low: number, high: number): number => {
  const raised = x < low ? low : x;
  return raised > high ? high : raised;
};

const FUNCTIONS: { readonly [K in ActivationKind]: ScalarFunction } = {
  none: (x) => x,
  relu: (x) => (x < 0 ? 0 : x),
  clip: (x, low, high) => clamp(x, low, high),
  leakyRelu: (x, alpha) => (x < 0 ? alpha * x : x),
  elu: (x, alpha) => (x < 0 ? alpha * Math.expm1(x) : x),
  selu: (x, alpha, gamma) => gamma * (x < 0 ? alpha * Math.expm1(x) : x),
  celu: (x, alpha) => Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha)),
  sigmoid,
  hardSigmoid: (x, alpha, beta) => clamp(alpha * x + beta, 0, 1),
  hardSwish: (x) => x * clamp(x / 6 + 0.5, 0, 1),
  swish: (x) => x * sigmoid(x, 0, 0),
  tanh: (x) => Math.tanh(x),
  softplus,
  softsign: (x) => x / (1 + Math.abs(x)),
  mish: (x) => x * Math.tanh(softplus(x, 0, 0)),
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  geluTanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

/** The scalar function of an activation, parameters bound. */
export function activationFunction({ kind, alpha, beta }: Activation): (x: number) => number {
  const f = FUNCTIONS[kind];
  return (x) => f(x, alpha, beta);
}
