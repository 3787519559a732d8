/**
 * y = f(x), elementwise: the functions that are not activations.
 *
 * Layout: x and y have the same shape, element i to element i; dense, or rows apart as shaders/lib/elementwise.ts says.
 * Bindings: 0 x read, 1 y read_write (scalars, or vec4 when width is 4; y of isNaN and `not` is i32); in place only y.
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: kind; type x is computed as; result, the dtype of y; operands, an ElementwiseSpec; declared, functions of kinds that few
 *   graphs have.
 * Limits: no workgroup storage.
 */
import type { DType } from '../../src/core/dtype.ts';
import type { UnaryKind } from '../../src/ir/ops.ts';
import { erfFunction } from '../lib/activation.ts';
import { elementwiseBindings, elementwiseFields, elementwiseLoad, type ElementwiseSpec } from '../lib/elementwise.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { isNanFunction, keepNanFunction, vectorType, type Scalar } from '../lib/numbers.ts';
import { infinityFunction, quietNanFunction, wrapped } from '../lib/special-numbers.ts';
import { sineFunction } from '../lib/sine.ts';

/** Invocations per workgroup. */
export const UNARY_WORKGROUP = 64;

export interface UnarySpec {
  readonly kind: UnaryKind;
  readonly type: Scalar;
  readonly result: DType;
  readonly operands: ElementwiseSpec;
  /** Declares what `kind` calls, where that is loaded for few graphs. */
  readonly declared: string;
}

/** Expressions of `v` for floats; `T` is its type, `I` the i32 type of the same width. Functions are declared below, or `declared`. */
const FLOAT: { readonly [K in UnaryKind]: string } = {
  abs: 'abs(v)',
  neg: '-v',
  exp: 'keep_nan(v, exp(v))',
  log: 'logarithm(v)',
  sqrt: 'sqrt(v)',
  rsqrt: 'inverseSqrt(v)',
  reciprocal: 'T(1) / v',
  square: 'v * v',
  sign: 'keep_nan(v, sign(v))',
  floor: 'floor(v)',
  ceil: 'ceil(v)',
  round: 'round(v)',
  sin: 'sine(v, 0u)',
  cos: 'sine(v, 1u)',
  tan: 'tangent(v)',
  asin: 'arc_sine(v)',
  acos: 'arc_cosine(v)',
  sinh: 'hyperbolic_sine(v)',
  cosh: 'hyperbolic_cosine(v)',
  asinh: 'area_sine(v)',
  acosh: 'area_cosine(v)',
  atanh: 'area_tangent(v)',
  erf: 'erf_approx(v)',
  not: 'select(I(0), I(1), v == T(0))',
  isNaN: 'select(I(0), I(1), is_nan(v))',
};

/** What differs for integers; rounding leaves them as they are, and u32 has neither negation nor sign in WGSL. */
const INTEGER: Partial<Record<UnaryKind, string>> = {
  neg: 'T(0) - v',
  sign: 'sign(v)',
  floor: 'v',
  ceil: 'v',
  round: 'v',
};
const UNSIGNED: Partial<Record<UnaryKind, string>> = { abs: 'v', sign: 'min(v, T(1))' };

/**
 * Declares `fn logarithm`: −∞ of both zeros, NaN of what is below. Subnormal numbers, which drivers may take for zero, count
 * as multiples of the smallest, 2⁻¹⁴⁹.
 */
const LOGARITHM = `
${quietNanFunction()}
${infinityFunction()}
fn logarithm(x: T) -> T {
  let bits = bitcast<U>(x);
  let tiny = bits < U(0x00800000u);
  let y = log(select(x, T(bits), tiny)) - select(T(0.0), T(103.27892990343185), tiny);
  let whole = select(y, T(-infinity()), (bits & U(0x7fffffffu)) == U(0u));
  return keep_nan(x, select(whole, T(quiet_nan()), bits > U(0x80000000u)));
}`;

/** Kinds whose functions take one element, since they branch by its size. */
const ANGLES: readonly UnaryKind[] = ['sin', 'cos', 'tan'];

/** A call of a function of one element, for each of `v`. */
const each = (call: string, width: 1 | 4): string =>
  width === 1 ? call : `vec4<f32>(${['x', 'y', 'z', 'w'].map((k) => call.replace('v', `v.${k}`)).join(', ')})`;

export function unaryShader({ kind, type, result, operands, declared }: UnarySpec): ShaderModule {
  const { width, yType } = operands;
  const element = vectorType(type, width);
  const unsigned = type === 'u32' ? UNSIGNED[kind] : undefined;
  const integer = type === 'f32' ? undefined : INTEGER[kind];
  const typed = (text: string): string =>
    text
      .replaceAll(/\bT\b/g, element)
      .replaceAll(/\bI\b/g, vectorType('i32', width))
      .replaceAll(/\bU\b/g, vectorType('u32', width));
  const text = unsigned ?? integer ?? FLOAT[kind];
  const expression = ANGLES.includes(kind) ? each(text, width) : typed(text);
  return shaderModule({
    bindings: elementwiseBindings(operands),
    params: elementwiseFields(operands),
    workgroupSize: [UNARY_WORKGROUP, 1, 1],
    declarations:
      declared ||
      wgsl`
#if ${kind === 'erf'}
${erfFunction(vectorType('f32', width))}
#endif
#if ${expression.includes('keep_nan') || kind === 'log'}
${keepNanFunction(width)}
#endif
#if ${kind === 'log'}
${typed(LOGARITHM)}
#endif
#if ${kind === 'sin' || kind === 'cos'}
${sineFunction()}
#endif
#if ${kind === 'isNaN'}
${isNanFunction(width)}
#endif`,
    body: wgsl`
  ${elementwiseLoad(operands, type, UNARY_WORKGROUP)}
  y[to] = ${vectorType(yType, width)}(${wrapped(expression, result, width)});`,
  });
}
