/** Numbers that WGSL lacks or refuses as constants, and integers that wrap: for the operators that few networks have. */
import type { DType } from '../../src/core/dtype.ts';
import { wgsl } from './module.ts';
import { boolType, vectorType } from './numbers.ts';

/** Half the range of signed integers that are held in 32 bits. */
const HALF_RANGES: { readonly [D in DType]?: number } = { int8: 128, int16: 32768 };

/**
 * An expression of what goes into a tensor of this type: integers of 8 and 16 bits are held in 32, and wrap to their own
 * range before another node reads them; all else is the expression itself.
 */
export function wrapped(expression: string, dtype: DType, width: 1 | 4): string {
  const ints = vectorType('i32', width);
  const half = HALF_RANGES[dtype];
  if (half) return `(((${expression}) + ${ints}(${half}i)) & ${ints}(${2 * half - 1}i)) - ${ints}(${half}i)`;
  const mask = dtype === 'uint8' ? 255 : dtype === 'uint16' ? 65535 : undefined;
  return mask ? `(${expression}) & ${ints}(${mask}i)` : expression;
}

/** Declares `fn quiet_nan() -> f32`. A constant NaN is refused by WGSL; one that comes through a variable is not. */
export function quietNanFunction(): string {
  return wgsl`
fn quiet_nan() -> f32 {
  var bits = 0x7fc00000u;
  return bitcast<f32>(bits);
}`;
}

/** Declares `fn infinity() -> f32`, which WGSL refuses as a constant. */
export function infinityFunction(): string {
  return wgsl`
fn infinity() -> f32 {
  var bits = 0x7f800000u;
  return bitcast<f32>(bits);
}`;
}

/** Declares `fn is_finite(x) -> bool`, componentwise for vectors. */
export function isFiniteFunction(width: 1 | 4): string {
  const bits = vectorType('u32', width);
  return wgsl`
fn is_finite(x: ${vectorType('f32', width)}) -> ${boolType(width)} {
  return (bitcast<${bits}>(x) & ${bits}(0x7f800000u)) != ${bits}(0x7f800000u);
}`;
}

/**
 * Declares `fn apart(x)`, which rounds to float32 what a compiler might else join with the next operation, and round once: the
 * bits are looked at. `params.zero` is 0.
 */
export const APART = `
fn apart(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ params.zero); }`;
