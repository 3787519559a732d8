/** Order-preserving integer keys of numbers, for selection and sorting. */
import { wgsl } from './module.ts';
import type { Scalar } from './numbers.ts';

/**
 * Declares `fn sort_key(v) -> u32`, monotonic in v (descending when `largest` is false, so that the best element
 * always has the highest key). Both zeros share a key; NaN is above every number. And `fn precedes(ka, ia, kb, ib)`:
 * whether key ka at index ia comes before kb at ib, best first, ties by lower index.
 */
export function sortKeyFunctions(type: Scalar, largest: boolean): string {
  return wgsl`
fn sort_key(v: ${type}) -> u32 {
#if ${type === 'f32'}
  let bits = bitcast<u32>(v);
  let size = bits & 0x7fffffffu;
  let ordered = select(0x80000000u + size, 0x80000000u - size, bits > 0x80000000u);
  let key = select(ordered, 0xffffffffu, size > 0x7f800000u);
#endif
#if ${type === 'i32'}
  let key = bitcast<u32>(v) ^ 0x80000000u;
#endif
#if ${type === 'u32'}
  let key = v;
#endif
#if ${largest}
  return key;
#else
  return ~key;
#endif
}
fn precedes(ka: u32, ia: u32, kb: u32, ib: u32) -> bool {
  return ka > kb || (ka == kb && ia < ib);
}`;
}
