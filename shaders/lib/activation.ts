/** Activations as WGSL: one row per `ActivationKind`, generic over f32 and vec4<f32>. */
import type { ActivationKind } from '../../src/ir/ops.ts';
import { wgsl } from './module.ts';

/**
 * The parameter fields an activation adds to a kernel (`act_alpha`, `act_beta`), passed in the parameter buffer so
 * that ReLU6 and any other clip share one pipeline.
 */
export const ACTIVATION_PARAMS = { act_alpha: 'f32', act_beta: 'f32' } as const;

const BODIES: { readonly [K in ActivationKind]: string } = {
  none: 'return x;',
  relu: 'return select(x, T(0.0), x < T(0.0));',
  clip: 'return select(select(x, T(b), x > T(b)), T(a), x < T(a));',
  leakyRelu: 'return select(x, x * a, x < T(0.0));',
  elu: 'return select(x, (exp(x) - 1.0) * a, x < T(0.0));',
  selu: 'return select(x, (exp(x) - 1.0) * a, x < T(0.0)) * b;',
  celu: 'return max(x, T(0.0)) + min(T(0.0), (exp(x / a) - 1.0) * a);',
  sigmoid: 'return 1.0 / (1.0 + exp(-x));',
  hardSigmoid: 'return clamp(x * a + b, T(0.0), T(1.0));',
  hardSwish: 'return x * clamp(x / 6.0 + 0.5, T(0.0), T(1.0));',
  swish: 'return x / (1.0 + exp(-x));',
  // tanh overflows to NaN for large arguments on some drivers; beyond ±10 it is ±1 in float32.
  tanh: 'return tanh(clamp(x, T(-10.0), T(10.0)));',
  softplus: 'return max(x, T(0.0)) + log(1.0 + exp(-abs(x)));',
  softsign: 'return x / (1.0 + abs(x));',
  mish: 'let s = max(x, T(0.0)) + log(1.0 + exp(-abs(x))); return x * tanh(clamp(s, T(-10.0), T(10.0)));',
  gelu: 'return x * 0.5 * (1.0 + erf_approx(x * 0.7071067811865476));',
  geluTanh: 'return x * 0.5 * (1.0 + tanh(clamp(0.7978845608028654 * (x + 0.044715 * x * x * x), T(-10.0), T(10.0))));',
};

/** erf by Abramowitz & Stegun 7.1.26 refined with the Chebyshev fit the CPU reference uses; |error| < 1.2e-7. */
export function erfFunction(type: 'f32' | 'vec4<f32>'): string {
  return wgsl`
fn erf_approx(x: ${type}) -> ${type} {
  let t = 1.0 / (1.0 + 0.5 * abs(x));
  let poly = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806 + t * (0.27886807 +
    t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  let r = 1.0 - t * exp(-x * x + poly);
  return select(r, -r, x < ${type}(0.0));
}`;
}

/** Declares `fn activate(x) -> x` for an activation, reading its parameters from `params` (see ACTIVATION_PARAMS). */
export function activationFunction(kind: ActivationKind, type: 'f32' | 'vec4<f32>'): string {
  const uses = BODIES[kind];
  return wgsl`
#if ${kind === 'gelu'}
${erfFunction(type)}
#endif
fn activate(x: ${type}) -> ${type} {
  let a = params.act_alpha;
  let b = params.act_beta;
  ${uses.replaceAll('T(', `${type}(`)}
}`;
}
