/**
 * Converts elements to another type; src/ops/elementwise/cast.ts defines what that means.
 *
 * Layout: x and y have the same shape, element i to element i; dense, or rows apart as shaders/lib/elementwise.ts says.
 *   bool, int8, uint8, int16 and uint16 take four bytes, as everything.
 * Bindings: 0 x read, 1 y read_write (the WGSL scalars of the types, or vec4 when width is 4).
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: from, the WGSL scalar of x; to, the type of y; operands, an ElementwiseSpec.
 * Limits: no workgroup storage.
 */
import { isFloat, type DType } from '../../src/core/dtype.ts';
import { elementwiseBindings, elementwiseFields, elementwiseLoad, type ElementwiseSpec } from '../lib/elementwise.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { isNanFunction, vectorType, type Scalar } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const CAST_WORKGROUP = 64;

export interface CastSpec {
  readonly from: Scalar;
  readonly to: DType;
  readonly operands: ElementwiseSpec;
}

const UNSIGNED = 'select(select(U(v), U(4294967295u), v >= F(4294967296.0)), U(0u), is_nan(v) | (v <= F(0.0)))';

/**
 * Expressions of a float `v`; F, I and U are the float and integer types of its width. i32(x) and u32(x) clamp only to
 * the largest float below their upper end, so that end is selected explicitly.
 */
const FROM_FLOAT: { readonly [D in DType]: string } = {
  float32: 'v',
  float16: 'to_half(v)',
  bfloat16: 'to_brain(v)',
  int64: 'to_int(v)',
  uint64: UNSIGNED,
  int32: 'to_int(v)',
  uint32: UNSIGNED,
  int16: 'I(clamp(select(v, F(0.0), is_nan(v)), F(-32768.0), F(32767.0)))',
  uint16: 'I(clamp(select(v, F(0.0), is_nan(v)), F(0.0), F(65535.0)))',
  int8: 'I(clamp(select(v, F(0.0), is_nan(v)), F(-128.0), F(127.0)))',
  uint8: 'I(clamp(select(v, F(0.0), is_nan(v)), F(0.0), F(255.0)))',
  bool: 'select(I(0i), I(1i), (bitcast<U>(v) & U(0x7fffffffu)) != U(0u))',
};

/** Expressions of an integer `v`: the low bits are kept, sign-extended where the result is signed. */
const FROM_INTEGER: { readonly [D in DType]: string } = {
  float32: 'F(v)',
  float16: 'to_half(F(v))',
  bfloat16: 'to_brain(F(v))',
  int64: 'I(v)',
  int32: 'I(v)',
  uint64: 'U(v)',
  uint32: 'U(v)',
  int16: '((I(v) + I(32768i)) & I(65535i)) - I(32768i)',
  uint16: 'I(v) & I(65535i)',
  int8: '((I(v) + I(128i)) & I(255i)) - I(128i)',
  uint8: 'I(v) & I(255i)',
  bool: 'select(I(0i), I(1i), I(v) != I(0i))',
};

/** Rounds to 11 significant bits, ties to even; below 2⁻¹⁴ to multiples of 2⁻²⁴; from 65520 on to infinity. */
const TO_HALF = `
fn to_half(v: F) -> F {
  let bits = bitcast<U>(v);
  let sign = bits & U(0x80000000u);
  let size = bits & U(0x7fffffffu);
  let rounded = (size + U(0xfffu) + ((size / U(0x2000u)) & U(1u))) & U(0xffffe000u);
  let small = bitcast<U>(round(abs(v) * 16777216.0) / 16777216.0);
  let finite = select(rounded, small, size < U(0x38800000u));
  let bounded = select(finite, U(0x7f800000u), size >= U(0x477ff000u));
  return bitcast<F>(sign | select(bounded, size, size > U(0x7f800000u)));
}`;

/** Rounds to the upper 16 bits, ties to even; what is beyond the largest becomes infinite by that. NaN stays as it is. */
const TO_BRAIN = `
fn to_brain(v: F) -> F {
  let bits = bitcast<U>(v);
  let rounded = (bits + U(0x7fffu) + ((bits / U(0x10000u)) & U(1u))) & U(0xffff0000u);
  return bitcast<F>(select(rounded, bits, (bits & U(0x7fffffffu)) > U(0x7f800000u)));
}`;

const TO_INT = `
fn to_int(v: F) -> I {
  let inside = select(v, F(0.0), is_nan(v));
  let low = select(I(inside), I(-2147483647i - 1i), inside <= F(-2147483648.0));
  return select(low, I(2147483647i), inside >= F(2147483648.0));
}`;

export function castShader({ from, to, operands }: CastSpec): ShaderModule {
  const { width } = operands;
  const typed = (text: string): string =>
    text
      .replaceAll(/\bF\b/g, vectorType('f32', width))
      .replaceAll(/\bI\b/g, vectorType('i32', width))
      .replaceAll(/\bU\b/g, vectorType('u32', width));
  const saturates = from === 'u32' && to === 'int64';
  const expression = saturates ? 'I(min(v, U(2147483647u)))' : (from === 'f32' ? FROM_FLOAT : FROM_INTEGER)[to];
  return shaderModule({
    bindings: elementwiseBindings(operands),
    params: elementwiseFields(operands),
    workgroupSize: [CAST_WORKGROUP, 1, 1],
    declarations: wgsl`
#if ${from === 'f32' && !isFloat(to) && to !== 'bool'}
${isNanFunction(width)}
#endif
#if ${expression.includes('to_int')}
${typed(TO_INT)}
#endif
#if ${expression.includes('to_half')}
${typed(TO_HALF)}
#endif
#if ${expression.includes('to_brain')}
${typed(TO_BRAIN)}
#endif`,
    body: wgsl`
  ${elementwiseLoad(operands, from, CAST_WORKGROUP)}
  y[to] = ${typed(expression)};`,
  });
}
