/**
 * Means of integers whose sum may not fit 32 bits: their digits of eight bits are added apart, and divided as by hand. For fewer
 * than MEAN_TERMS terms no sum, carry or remainder leaves 31 bits.
 */
import { range } from '../../src/util/arrays.ts';
import { u32 } from './literal.ts';
import { wgsl } from './module.ts';
import { vectorType, type Scalar } from './numbers.ts';

/** Terms of which the digits are not added up any more. */
export const MEAN_TERMS = 2 ** 23;

const BITS = 8;

/** Names of the sums, and the digit of an element `v` that each adds, the highest first: that one has the sign. */
export function meanDigits(type: Scalar, width: 1 | 4): readonly { readonly name: string; readonly element: string }[] {
  const [unsigned, vector] = [vectorType('u32', width), vectorType(type, width)];
  return range(32 / BITS).map((i) => {
    const shifted = `(v >> ${unsigned}(${u32(32 - BITS * (i + 1))}))`;
    return { name: `digits${i}`, element: i === 0 ? shifted : `(${shifted} & ${vector}(${type}(255)))` };
  });
}

/** WGSL of `mean_of(digits0, …, terms)`, which truncates toward zero. */
export function meanFunction(type: Scalar, width: 1 | 4): string {
  const [unsigned, vector] = [vectorType('u32', width), vectorType(type, width)];
  const last = 32 / BITS - 1;
  const carries = range(last).map((i) => {
    const to = last - 1 - i;
    return `let c${to} = digits${to} + (${to + 1 === last ? `digits${last}` : `c${to + 1}`} >> ${unsigned}(${u32(BITS)}));`;
  });
  const steps = range(last).map((i) => {
    const digit = i + 1 === last ? `digits${last}` : `c${i + 1}`;
    return `rest = rest * ${vector}(${type}(256)) + (${digit} & ${vector}(${type}(255)));
  mean = mean * ${vector}(${type}(256)) + rest / n;
  rest = rest % n;`;
  });
  return wgsl`
fn mean_of(${range(last + 1)
    .map((i) => `digits${i}: ${vector}`)
    .join(', ')}, terms: u32) -> ${vector} {
  let n = ${vector}(${type}(max(terms, 1u)));
  let none = ${vector}(${type}(0));
  let one = ${vector}(${type}(1));
  ${carries.join('\n  ')}
  var mean = c0 / n;
  mean = mean - select(none, one, c0 - mean * n < none);
  var rest = c0 - mean * n;
  ${steps.join('\n  ')}
  return mean + select(none, one, (mean < none) & (rest != none));
}`;
}
