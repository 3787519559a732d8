/** Tests and constants of numbers that WGSL lacks: NaN may be assumed away by a compiler, so it is found by its bits. */
import { isPacked, wordOf, type Storage } from '../../src/core/storage.ts';
import { wgsl, type Binding } from './module.ts';

/** Element type of a kernel that works on one element or on four at once. */
export type Scalar = 'f32' | 'i32' | 'u32';

/** `f32` or `vec4<f32>`, by width. */
export function vectorType<T extends Scalar | 'f16'>(scalar: T, width: 1 | 4): T | `vec4<${T}>` {
  return width === 4 ? `vec4<${scalar}>` : scalar;
}

/** What a buffer is an array of. Packed storage comes in words of four elements, whatever the width. */
export function elementOf({ storage, width }: { storage: Storage; width: 1 | 4 }): Binding['element'] {
  return isPacked(storage) ? 'u32' : vectorType(wordOf(storage), width);
}

/** The truth type that goes with a width. */
export function boolType(width: 1 | 4): 'bool' | 'vec4<bool>' {
  return width === 4 ? 'vec4<bool>' : 'bool';
}

/** Declares `fn is_nan(x) -> bool`, componentwise for vectors. */
export function isNanFunction(width: 1 | 4): string {
  const floats = vectorType('f32', width);
  const bits = vectorType('u32', width);
  return wgsl`
fn is_nan(x: ${floats}) -> ${boolType(width)} {
  return (bitcast<${bits}>(x) & ${bits}(0x7fffffffu)) > ${bits}(0x7f800000u);
}`;
}

/**
 * Declares `fn lesser(a, b)` and `fn greater(a, b)`: min and max, which for floats give NaN when either operand is one
 * (WGSL's own leave that open).
 */
export function extremeFunctions(scalar: Scalar, width: 1 | 4): string {
  const type = vectorType(scalar, width);
  return wgsl`
#if ${scalar === 'f32'}
${isNanFunction(width)}
fn lesser(a: ${type}, b: ${type}) -> ${type} { return select(min(a, b), a + b, is_nan(a) | is_nan(b)); }
fn greater(a: ${type}, b: ${type}) -> ${type} { return select(max(a, b), a + b, is_nan(a) | is_nan(b)); }
#else
fn lesser(a: ${type}, b: ${type}) -> ${type} { return min(a, b); }
fn greater(a: ${type}, b: ${type}) -> ${type} { return max(a, b); }
#endif`;
}

/**
 * Declares `fn keep_nan(x, y)`: y, or x where that is NaN. For functions whose result a driver may get wrong there:
 * SwiftShader's exp(NaN) is infinite.
 */
export function keepNanFunction(width: 1 | 4): string {
  const floats = vectorType('f32', width);
  const bits = vectorType('u32', width);
  return wgsl`
fn keep_nan(x: ${floats}, y: ${floats}) -> ${floats} {
  return select(y, x, (bitcast<${bits}>(x) & ${bits}(0x7fffffffu)) > ${bits}(0x7f800000u));
}`;
}
