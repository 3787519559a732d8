/** Reductions. */
import { exponential, log } from './lib/exp';
import { loadUpTo, storeUpTo } from './lib/vector';

/** Positions of `ReduceKind` in KINDS (src/simd/reduce/reduce.ts); of those that are missing here the sum is all. */
const MEAN: i32 = 1;
const MAX: i32 = 2;
const MIN: i32 = 3;
const PROD: i32 = 4;
const L1: i32 = 5;
const L2: i32 = 6;
const SUM_SQUARE: i32 = 7;
const LOG_SUM_EXP: i32 = 8;
/** The largest, or NaN where there is one. */
const MOST: i32 = 9;

/** Parameters of `reduce`. x has up to two dimensions that are folded and two that are kept; strides are elements. */
@unmanaged
class Reduce {
  x: usize;
  /** `[kept0, kept1]` */
  y: usize;
  kind: i32;
  folded0: i32;
  folded1: i32;
  foldedStride0: i32;
  foldedStride1: i32;
  kept0: i32;
  kept1: i32;
  keptStride0: i32;
  keptStride1: i32;
  /** Of the results of one `kept0`, those of a unit. */
  block: i32;
}

/** y = folded x. The last dimension is either folded, or kept: four results at once then. */
export function reduce(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<Reduce>(params);
  const blocks = (p.kept1 + p.block - 1) / p.block;
  const isFolded = p.foldedStride1 == 1;
  for (let unit = begin; unit < end; unit++) {
    const outer = unit / blocks;
    const first = (unit % blocks) * p.block;
    const last = min(first + p.block, p.kept1);
    for (let k = first; k < last; k += isFolded ? 1 : 4) {
      const x = p.x + (<usize>(outer * p.keptStride0 + k * p.keptStride1) << 2);
      const y = p.y + (<usize>(outer * p.kept1 + k) << 2);
      const columns = isFolded ? 0 : min(4, last - k);
      const r = reduced(p, x, columns);
      if (isFolded) v128.store32_lane(y, r, 0);
      else storeUpTo(y, r, columns);
    }
  }
}

/** Sums of what has been folded last: of elements 0 and 1, and of 2 and 3. */
let low: v128 = f64x2.splat(0);
let high: v128 = low;

/** The result of so many columns, or of rows where there are none: in lane 0 then. */
function reduced(p: Reduce, x: usize, columns: i32): v128 {
  const kind = p.kind;
  let most = f32x4.splat(0);
  if (kind == LOG_SUM_EXP) {
    fold(p, x, columns, MOST, most);
    if (!columns) joinLanes(MOST);
    most = narrow(low, high);
    if (!columns) most = f32x4.splat(f32x4.extract_lane(most, 0));
  }
  fold(p, x, columns, kind, most);
  if (!columns) joinLanes(kind);
  if (kind == MEAN) {
    const n = f64x2.splat(<f64>p.folded0 * <f64>p.folded1);
    low = f64x2.div(low, n);
    high = f64x2.div(high, n);
  } else if (kind == L2) {
    low = f64x2.sqrt(low);
    high = f64x2.sqrt(high);
  }
  const r = narrow(low, high);
  if (kind != LOG_SUM_EXP) return r;
  const isFinite = f32x4.lt(f32x4.abs(most), f32x4.splat(Infinity));
  return v128.bitselect(f32x4.add(most, log(r)), most, isFinite);
}

/** Folds in doubles, as the reference does: long sums, and squares of large elements, are as exact as there. */
function fold(p: Reduce, x: usize, columns: i32, kind: i32, most: v128): void {
  let rest = f32x4.splat(0);
  if (kind == MAX || kind == MIN) rest = columns ? loadUpTo(x, columns) : v128.load32_splat(x);
  else if (kind == PROD) rest = f32x4.splat(1);
  else if (kind >= LOG_SUM_EXP) rest = f32x4.splat(-Infinity);
  const start = kind == LOG_SUM_EXP ? f32x4.splat(0) : rest;
  let a = f64x2.promote_low_f32x4(start);
  let b = f64x2.promote_low_f32x4(upper(start));
  const isSum = kind < MAX || (kind > PROD && kind != MOST);
  const step = columns ? 1 : 4;
  const stride = <usize>(step * p.foldedStride1) << 2;
  const outer = p.folded0;
  const extent = p.folded1;
  for (let i = 0; i < outer; i++) {
    let from = x + (<usize>(i * p.foldedStride0) << 2);
    for (let left = extent; left > 0; left -= step) {
      let v = loadUpTo(from, columns ? columns : left);
      if (!columns && left < 4) v = v128.bitselect(v, rest, i32x4.gt_s(i32x4.splat(left), i32x4(0, 1, 2, 3)));
      if (kind == LOG_SUM_EXP) v = exponential(f32x4.sub(v, most), false);
      const c = lifted(f64x2.promote_low_f32x4(v), kind);
      const d = lifted(f64x2.promote_low_f32x4(upper(v)), kind);
      a = isSum ? f64x2.add(a, c) : join(a, c, kind);
      b = isSum ? f64x2.add(b, d) : join(b, d, kind);
      from += stride;
    }
  }
  low = a;
  high = b;
}

/** What is folded of an element. */
@inline
function lifted(v: v128, kind: i32): v128 {
  if (kind == L1) return f64x2.abs(v);
  return kind == L2 || kind == SUM_SQUARE ? f64x2.mul(v, v) : v;
}

/** Two that are folded already. What is NaN is passed over by extremes, unless it was there first. */
function join(a: v128, b: v128, kind: i32): v128 {
  switch (kind) {
    case MAX:
      return f64x2.pmax(a, b);
    case MIN:
      return f64x2.pmin(a, b);
    case PROD:
      return f64x2.mul(a, b);
    case MOST:
      return f64x2.max(a, b);
  }
  return f64x2.add(a, b);
}

/** All four lanes into the first. */
function joinLanes(kind: i32): void {
  low = join(low, high, kind);
  low = join(low, v128.shuffle<i64>(low, low, 1, 0), kind);
}

@inline
function upper(v: v128): v128 {
  return v128.shuffle<i32>(v, v, 2, 3, 2, 3);
}

@inline
function narrow(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
}

/** Parameters of `argReduce`. A unit is `block` results. */
@unmanaged
class ArgReduce {
  /** `[outer, extent, inner]` */
  x: usize;
  /** `[outer, inner]` */
  y: usize;
  results: i32;
  extent: i32;
  inner: i32;
  /** 1 to look for the largest, −1 for the smallest. */
  sign: i32;
  /** The last of those that are equal, not the first. */
  isLast: i32;
  block: i32;
}

/** y = position of the extreme, four at once. A NaN is passed over, unless it comes first. */
export function argReduce(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<ArgReduce>(params);
  const last = min(end * p.block, p.results);
  const sign = f32x4.splat(<f32>p.sign);
  const stride = <usize>p.inner << 2;
  const extent = p.extent;
  const isLast = p.isLast;
  for (let i = begin * p.block; i < last; i += 4) {
    let a = sliceOf(p, i);
    let b = sliceOf(p, min(i + 1, last - 1));
    let c = sliceOf(p, min(i + 2, last - 1));
    let d = sliceOf(p, min(i + 3, last - 1));
    let most = f32x4.splat(0);
    let best = i32x4.splat(0);
    for (let k = 0; k < extent; k++) {
      let v = v128.load32_lane(c, v128.load32_lane(b, v128.load32_zero(a), 1), 2);
      v = f32x4.mul(v128.load32_lane(d, v, 3), sign);
      if (!k) most = v;
      const isMore = isLast ? f32x4.le(most, v) : f32x4.lt(most, v);
      most = v128.bitselect(v, most, isMore);
      best = v128.bitselect(i32x4.splat(k), best, isMore);
      a += stride;
      b += stride;
      c += stride;
      d += stride;
    }
    storeUpTo(p.y + (<usize>i << 2), best, last - i);
  }
}

/** Where the elements begin of which a result is one. */
@inline
function sliceOf(p: ArgReduce, result: i32): usize {
  return p.x + (<usize>((result / p.inner) * p.extent * p.inner + (result % p.inner)) << 2);
}
