/** Intersection over union in float32, to the bit as the reference rounds it (src/ops/lib/overlap.ts). */
import { wgsl } from './module.ts';
import { QUOTIENT } from './quotient.ts';

/** How boxes are given, and what an overlap is over. */
export interface OverlapSpec {
  /** Centre and size; else two corners in any order. */
  readonly centerPointBox: boolean;
  /** Lengths have 1 added. */
  readonly offset: boolean;
  /** An overlap equal to the threshold is over it. */
  readonly inclusive: boolean;
}

/** Parameters that the functions read. */
export const OVERLAP_PARAMS = { zero: 'u32' } as const;

/** Their values. */
export const OVERLAP_VALUES = { zero: 0 };

/**
 * Declares `fn corners(box) -> vec4` (both low coordinates, then both high ones; nothing that overlaps where there is no area),
 * `fn area_of(corners) -> f32`, `fn overlap(a, area_a, b, area_b) -> f32`, `fn limit_of(threshold: u32) -> f32`, and
 * `fn may_be_over` and `fn is_over`, both of (a, area_a, b, area_b, limit) -> bool. The first is a product, true of all pairs that
 * are over the threshold and of those so close to it that rounding decides; of these alone the second has to be asked, whose
 * quotient costs many times as much: it stays out of loops over all pairs. Products and
 * differences are hidden from the compiler before they are summed: a fused multiply-add would round once where the reference
 * rounds twice, and drivers reorder sums.
 */
export function overlapFunctions({ centerPointBox, offset, inclusive }: OverlapSpec): string {
  return wgsl`
${QUOTIENT}
fn settled(v: f32) -> f32 {
  let bits = bitcast<u32>(v) ^ params.zero;
  return select(0.0, bitcast<f32>(bits), bits >= 0x00800000u && bits < 0x7f800000u);
}
fn sides(c: vec4<f32>) -> vec2<f32> {
#if ${offset}
  return bitcast<vec2<f32>>(bitcast<vec2<u32>>(c.zw - c.xy) ^ vec2<u32>(params.zero)) + vec2<f32>(1.0);
#else
  return c.zw - c.xy;
#endif
}
fn area_of(c: vec4<f32>) -> f32 {
  let s = sides(c);
  let w = settled(s.x);
  let h = settled(s.y);
  return settled(w * h);
}
fn corners(box: vec4<f32>) -> vec4<f32> {
#if ${centerPointBox}
  let half = box.zw * 0.5;
  let c = vec4<f32>(box.xy - half, box.xy + half);
#else
  let c = vec4<f32>(min(box.xy, box.zw), max(box.xy, box.zw));
#endif
  let odd = (bitcast<vec4<u32>>(box) & vec4<u32>(0x7f800000u)) == vec4<u32>(0x7f800000u);
  if (any(odd) || area_of(c) == 0.0) { return vec4<f32>(1e38, 1e38, -1e38, -1e38); }
  return c;
}
fn shared_corners(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return vec4<f32>(max(a.xy, b.xy), min(a.zw, b.zw));
}
fn overlap(a: vec4<f32>, area_a: f32, b: vec4<f32>, area_b: f32) -> f32 {
  let inter = area_of(shared_corners(a, b));
  if (inter == 0.0) { return 0.0; }
  return quotient(inter, (area_a + area_b) - inter);
}
fn limit_of(bits: u32) -> f32 {
  let size = bits & 0x7fffffffu;
  if (size > 0x7f800000u) { return 2.0; }
  if (bits > 0x7fffffffu) { return 0.0; }
  return bitcast<f32>(bits);
}
${comparisons(inclusive)}`;
}

/** The two questions whether a pair is over the threshold. */
function comparisons(inclusive: boolean): string {
  return wgsl`
fn may_be_over(a: vec4<f32>, area_a: f32, b: vec4<f32>, area_b: f32, limit: f32) -> bool {
  let s = max(sides(shared_corners(a, b)), vec2<f32>(0.0));
  let inter = s.x * s.y;
  let least = limit * 0.9998 * ((area_a + area_b) - inter);
#if ${inclusive}
  return !(inter < least);
#else
  return !(inter <= least);
#endif
}
fn is_over(a: vec4<f32>, area_a: f32, b: vec4<f32>, area_b: f32, limit: f32) -> bool {
#if ${inclusive}
  return overlap(a, area_a, b, area_b) >= limit;
#else
  return overlap(a, area_a, b, area_b) > limit;
#endif
}`;
}
