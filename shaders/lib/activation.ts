/** Activations as WGSL: one row per `ActivationKind`, generic over f32 and vec4<f32>. */
import type { ActivationKind } from '../../src/ir/ops.ts';
import { wgsl } from './module.ts';
import { keepNanFunction, vectorType } from './numbers.ts';

/**
 * The parameter fields an activation adds to a kernel (`act_alpha`, `act_beta`), passed in the parameter buffer so
 * that ReLU6 and any other clip share one pipeline.
 */
export const ACTIVATION_PARAMS = { act_alpha: 'f32', act_beta: 'f32' } as const;

/** `x` within [low, high], and high where they are the wrong way round; NaN may become anything. */
const within = (x: string, low: string, high: string): string => `min(max(${x}, T(${low})), T(${high}))`;

// tanh overflows to NaN for large arguments on some drivers; beyond ±10 it is ±1 in float32.
const tanh = (x: string): string => `tanh(${within(x, '-10.0', '10.0')})`;

// log(1 + t) for t = e^-|x|: the sum would round a small t away, so that is where its series takes over.
const softplus = `let t = exp(-abs(x));
  let s = max(x, T(0.0)) + select(log(1.0 + t), t * (1.0 - t * (0.5 - t / 3.0)), t < T(0.01));`;

/**
 * NaN stays NaN: either its bits are looked at, or it is a factor or the numerator of the result, whichever branch a driver
 * that knows no NaN takes.
 */
const BODIES: { readonly [K in ActivationKind]: string } = {
  none: 'return x;',
  // The numbers with a sign, −Infinity the last of them: beyond are NaN.
  relu: 'return select(x, T(0.0), bitcast<U>(x) - U(0x80000000u) <= U(0x7f800000u));',
  clip: `return keep_nan(x, ${within('x', 'a', 'b')});`,
  leakyRelu: 'return select(x, x * a, x < T(0.0));',
  elu: 'return keep_nan(x, select(x, (exp(x) - 1.0) * a, x < T(0.0)));',
  selu: 'return keep_nan(x, select(x, (exp(x) - 1.0) * a, x < T(0.0)) * b);',
  celu: 'return keep_nan(x, select(x, (exp(x / a) - 1.0) * a, x < T(0.0)));',
  sigmoid: 'return keep_nan(x, 1.0 / (1.0 + exp(-x)));',
  hardSigmoid: `let v = x * a + b; return keep_nan(v, ${within('v', '0.0', '1.0')});`,
  hardSwish: `let v = x / 6.0 + 0.5; return x * ${within('v', '0.0', '1.0')};`,
  swish: 'return x / (1.0 + exp(-x));',
  tanh: `return keep_nan(x, ${tanh('x')});`,
  softplus: `${softplus} return keep_nan(x, s);`,
  softsign: 'return x / (1.0 + abs(x));',
  // tanh(log(1 + n)) = (n² + 2n) / (n² + 2n + 2), where nothing cancels; 1 in float32 from x = 20 on.
  mish: 'let n = exp(min(x, T(20.0))); let t = n * (n + 2.0); return x * (t / (t + 2.0));',
  gelu: 'return x * 0.5 * (1.0 + erf_approx(x * 0.7071067811865476));',
  geluTanh: `let v = 0.7978845608028654 * (x + 0.044715 * x * x * x); return x * 0.5 * (1.0 + ${tanh('v')});`,
};

/**
 * Declares `fn erf_approx`: a Chebyshev fit of erfc (Numerical Recipes in C, 2nd ed., §6.2; |error| < 1.2e-7 before
 * rounding), and the Taylor series below 1/2, where 1 − erfc would lose the small result's digits.
 */
export function erfFunction(type: 'f32' | 'vec4<f32>'): string {
  return wgsl`
fn erf_approx(x: ${type}) -> ${type} {
  let t = 1.0 / (1.0 + 0.5 * abs(x));
  let poly = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 + t * (-0.18628806 + t * (0.27886807 +
    t * (-1.13520398 + t * (1.48851587 + t * (-0.82215223 + t * 0.17087277))))))));
  let r = 1.0 - t * exp(-x * x + poly);
  let q = x * x;
  let series = x * (1.1283791671 + q * (-0.3761263890 + q * (0.1128379167 + q * (-0.0268661706 + q * (0.0052239776 -
    q * 0.0008548327)))));
  return select(select(r, -r, x < ${type}(0.0)), series, abs(x) < ${type}(0.5));
}`;
}

/** Declares `fn activate(x) -> x` for an activation, reading its parameters from `params` (see ACTIVATION_PARAMS). */
export function activateFunction(kind: ActivationKind, type: 'f32' | 'vec4<f32>'): string {
  const uses = BODIES[kind];
  const width = type === 'f32' ? 1 : 4;
  return wgsl`
#if ${kind === 'gelu'}
${erfFunction(type)}
#endif
#if ${uses.includes('keep_nan')}
${keepNanFunction(width)}
#endif
fn activate(x: ${type}) -> ${type} {
  let a = params.act_alpha;
  let b = params.act_beta;
  ${uses.replaceAll('T(', `${type}(`).replaceAll(/\bU\b/g, vectorType('u32', width))}
}`;
}
