/** Softmax and normalisations. */
import { activateRow } from './lib/activate';
import { exponential, log } from './lib/exp';
import { loadPart, loadUpTo, madd, storePart, storeUpTo } from './lib/vector';

/** Parameters of `softmax`. x has a folded dimension and up to two others; strides are elements. */
@unmanaged
class Softmax {
  x: usize;
  /** As x. */
  y: usize;
  isLog: i32;
  folded: i32;
  foldedStride: i32;
  kept: i32;
  keptStride0: i32;
  keptStride1: i32;
  /** Of the slices of one outer position, those of a unit. */
  block: i32;
}

/** y = softmax(x), or its logarithm. The last dimension is either folded, or kept: four slices at once then. */
export function softmax(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<Softmax>(params);
  const blocks = (p.kept + p.block - 1) / p.block;
  const isFolded = p.foldedStride == 1;
  for (let unit = begin; unit < end; unit++) {
    const first = (unit % blocks) * p.block;
    const last = min(first + p.block, p.kept);
    for (let k = first; k < last; k += isFolded ? 1 : 4) {
      const offset = <usize>((unit / blocks) * p.keptStride0 + k * p.keptStride1) << 2;
      softmaxOf(p, p.x + offset, p.y + offset, isFolded ? 0 : min(4, last - k));
    }
  }
}

/** One slice, or that of each of so many columns. */
function softmaxOf(p: Softmax, x: usize, y: usize, columns: i32): void {
  const count = p.folded;
  const step = columns ? 1 : 4;
  const stride = <usize>(step * p.foldedStride) << 2;
  const infinite = f32x4.splat(-Infinity);
  const isLog = p.isLog;
  let most = infinite;
  let from = x;
  for (let left = count; left > 0; left -= step) {
    const v = loadUpTo(from, columns ? columns : left);
    most = f32x4.max(most, columns ? v : v128.bitselect(v, infinite, present(left)));
    from += stride;
  }
  if (!columns) {
    most = f32x4.max(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1));
    most = f32x4.max(most, v128.shuffle<i32>(most, most, 1, 0, 3, 2));
  }
  let total = f32x4.splat(0);
  let to = y;
  from = x;
  for (let left = count; left > 0; left -= step) {
    const size = columns ? columns : left;
    const v = f32x4.sub(loadUpTo(from, size), most);
    const e = exponential(v, false);
    total = f32x4.add(total, columns ? e : v128.and(e, present(left)));
    storeUpTo(to, isLog ? v : e, size);
    from += stride;
    to += stride;
  }
  if (!columns) {
    total = f32x4.add(total, v128.shuffle<i32>(total, total, 2, 3, 0, 1));
    total = f32x4.add(total, v128.shuffle<i32>(total, total, 1, 0, 3, 2));
  }
  const shift = isLog ? log(total) : f32x4.splat(0);
  const scale = isLog ? f32x4.splat(1) : f32x4.div(f32x4.splat(1), total);
  to = y;
  for (let left = count; left > 0; left -= step) {
    const size = columns ? columns : left;
    storeUpTo(to, f32x4.mul(f32x4.sub(loadUpTo(to, size), shift), scale), size);
    to += stride;
  }
}

/** All bits of those of four lanes that there are. */
@inline
function present(left: i32): v128 {
  return i32x4.gt_s(i32x4.splat(left), i32x4(0, 1, 2, 3));
}

/** Parameters of `batchNormalize`. A unit is `block` lines of elements of one channel, or of all channels. */
@unmanaged
class BatchNormalization {
  /** `[outer, channels, inner]` */
  x: usize;
  /** Mean, factor and bias of each channel, `[3, channels]`. */
  statistics: usize;
  /** As x. */
  y: usize;
  lines: i32;
  channels: i32;
  /** 1 where channels come last: a line is all of them. */
  inner: i32;
  block: i32;
  activation: i32;
  alpha: f32;
  beta: f32;
}

/** y = activation((x − mean)·factor + bias) */
export function batchNormalize(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<BatchNormalization>(params);
  const isLast = p.inner == 1;
  const length = isLast ? p.channels : p.inner;
  const pitch = <usize>p.channels << 2;
  for (let unit = begin; unit < end; unit++) {
    const first = unit * p.block;
    const last = min(first + p.block, p.lines);
    const start = <usize>(first * length) << 2;
    let x = p.x + start;
    let y = p.y + start;
    for (let line = first; line < last; line++) {
      let s = p.statistics + (isLast ? 0 : <usize>(line % p.channels) << 2);
      let mean = v128.load32_splat(s);
      let factor = v128.load32_splat(s + pitch);
      let bias = v128.load32_splat(s + 2 * pitch);
      let left = length;
      for (; left > 3; left -= 4) {
        if (isLast) {
          mean = v128.load(s);
          factor = v128.load(s + pitch);
          bias = v128.load(s + 2 * pitch);
          s += 16;
        }
        v128.store(y, madd(f32x4.sub(v128.load(x), mean), factor, bias));
        x += 16;
        y += 16;
      }
      if (left > 0) {
        if (isLast) {
          mean = loadPart(s, left);
          factor = loadPart(s + pitch, left);
          bias = loadPart(s + 2 * pitch, left);
        }
        storePart(y, madd(f32x4.sub(loadPart(x, left), mean), factor, bias), left);
        x += <usize>left << 2;
        y += <usize>left << 2;
      }
    }
    if (p.activation) activateRow(p.y + start, (last - first) * length, p.activation, p.alpha, p.beta);
  }
}

/** Parameters of `lpNormalize`. A unit is `block` rows. */
@unmanaged
class LpNormalization {
  /** `[rows, columns]` */
  x: usize;
  /** `[columns]`, or 0. */
  scale: usize;
  /** As x. */
  y: usize;
  rows: i32;
  columns: i32;
  /** The norm: 1 or 2. */
  p: i32;
  block: i32;
  least: f32;
  added: f32;
}

/** y = x / (max(norm, least) + added) · scale. Norms are sums of doubles: a float does not hold all squares. */
export function lpNormalize(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<LpNormalization>(params);
  const last = min(end * p.block, p.rows);
  for (let row = begin * p.block; row < last; row++) {
    const offset = <usize>(row * p.columns) << 2;
    const x = p.x + offset;
    let total = f64x2.splat(0);
    for (let c = 0; c < p.columns; c += 4) {
      const v = loadUpTo(x + (<usize>c << 2), p.columns - c);
      total = f64x2.add(total, lifted(f64x2.promote_low_f32x4(v), p.p));
      total = f64x2.add(total, lifted(f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0)), p.p));
    }
    const sum = f64x2.extract_lane(total, 0) + f64x2.extract_lane(total, 1);
    const divisor = f32x4.splat(<f32>(max(p.p == 1 ? sum : sqrt(sum), <f64>p.least) + <f64>p.added));
    for (let c = 0; c < p.columns; c += 4) {
      const at = <usize>c << 2;
      const left = p.columns - c;
      let v = f32x4.div(loadUpTo(x + at, left), divisor);
      if (p.scale) v = f32x4.mul(v, loadUpTo(p.scale + at, left));
      storeUpTo(p.y + offset + at, v, left);
    }
  }
}

@inline
function lifted(v: v128, p: i32): v128 {
  return p == 1 ? f64x2.abs(v) : f64x2.mul(v, v);
}

/** Parameters of `lrn`. A unit is `block` rows; `scratch` holds squares of a row, with zeros before and behind it. */
@unmanaged
class LRN {
  /** `[rows, channels]` */
  x: usize;
  /** As x. */
  y: usize;
  rows: i32;
  channels: i32;
  size: i32;
  block: i32;
  /** alpha / size */
  alpha: f32;
  beta: f32;
  bias: f32;
}

/** y = x / (bias + alpha·Σx²)^beta over `size` channels about each */
export function lrn(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<LRN>(params);
  const before = <usize>((p.size - 1) >> 1) << 2;
  const last = min(end * p.block, p.rows);
  memory.fill(scratch, 0, <usize>(p.channels + p.size + 4) << 2);
  for (let row = begin * p.block; row < last; row++) {
    const offset = <usize>(row * p.channels) << 2;
    for (let c = 0; c < p.channels; c += 4) {
      const at = <usize>c << 2;
      const v = loadUpTo(p.x + offset + at, p.channels - c);
      storeUpTo(scratch + before + at, f32x4.mul(v, v), p.channels - c);
    }
    for (let c = 0; c < p.channels; c += 4) {
      const at = <usize>c << 2;
      const left = p.channels - c;
      let sum = f32x4.splat(0);
      for (let k = 0; k < p.size; k++) sum = f32x4.add(sum, v128.load(scratch + at + (<usize>k << 2)));
      const base = f32x4.add(f32x4.splat(p.bias), f32x4.mul(sum, f32x4.splat(p.alpha)));
      const x = loadUpTo(p.x + offset + at, left);
      const root = f32x4.sqrt(base);
      // 3/4 is what networks have.
      const y =
        p.beta == 0.75
          ? f32x4.div(x, f32x4.mul(root, f32x4.sqrt(root)))
          : f32x4.mul(x, exponential(f32x4.mul(log(base), f32x4.splat(-p.beta)), false));
      storeUpTo(p.y + offset + at, y, left);
    }
  }
}
