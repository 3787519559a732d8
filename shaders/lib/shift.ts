/** Shifts of the bits of unsigned integers. WGSL takes the number of bits modulo 32. */
import { wgsl } from './module.ts';
import { vectorType, type Scalar } from './numbers.ts';

/**
 * Declares `fn shift(a, b)`: a with its bits b places to the left or to the right, 0 where none of 32 is left. Neither operand
 * may be negative; a type of fewer bits is wrapped to them by who stores it.
 */
export function shiftFunction(operator: '<<' | '>>', type: Scalar, width: 1 | 4): string {
  const [vector, bits] = [vectorType(type, width), vectorType('u32', width)];
  return wgsl`
fn shift(a: ${vector}, b: ${vector}) -> ${vector} {
  let places = ${bits}(b);
  return select(${vector}(0), ${vector}(${bits}(a) ${operator} (places % ${bits}(32u))), places < ${bits}(32u));
}`;
}
