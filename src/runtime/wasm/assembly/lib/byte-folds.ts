/** Means and sums of bytes: of windows, and of whole dimensions. */
import { Window, resultOf } from './integer-windows';
import { extend } from './integers';
import { MULTIPLIERS, HEAD, requantiseRun, Result } from './requantise';

/** Parameters of `averagePool`. A unit is a row of results. */
@unmanaged
class Pool {
  x: usize;
  /** The head of a panel, where means are real numbers. */
  head: usize;
  y: usize;
  /** Of a mean that is one: padding counts. */
  padded: i32;
  padBottom: i32;
  padRight: i32;
}

/** Positions of a kernel that lie before an end. */
function positions(start: i32, kernel: i32, dilation: i32, end: i32): i32 {
  return min(kernel, max(0, (end - start + dilation - 1) / dilation));
}

/** Adds a pixel to the sums of its channels, as real numbers where each is `scale`. */
function add(sums: usize, pixel: usize, channels: i32, scale: f32): void {
  const scales = f32x4.splat(scale);
  for (; channels > 0; channels -= 4, sums += 16, pixel += 8) {
    const v = i32x4.extend_low_i16x8_s(v128.load64_zero(pixel));
    const s = v128.load(sums);
    const real = f32x4.add(s, f32x4.mul(f32x4.convert_i32x4_s(v), scales));
    v128.store(sums, scale != 0 ? real : i32x4.add(s, v));
  }
}

/** Divides, in place, sums that are real numbers. */
function divide(sums: usize, channels: i32, by: v128): void {
  for (; channels > 0; channels -= 4, sums += 16) v128.store(sums, f32x4.div(v128.load(sums), by));
}

/** Means of windows. */
export function averagePool(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Pool>(params);
  const w = changetype<Window>(params + offsetof<Pool>());
  const result = resultOf(w);
  const scale = load<f32>(changetype<usize>(result) + offsetof<Result>());
  const sums = scratch + HEAD;
  const bytes = ((w.inC + 7) & -8) << 2;
  const pixel = sums + bytes;
  for (let unit = begin; unit < end; unit++) {
    const x = p.x + <usize>(unit / w.outH) * w.inH * w.inW * w.inC;
    const top = (unit % w.outH) * w.strideH - w.padTop;
    for (let column = 0; column < w.outW; column++) {
      const left = column * w.strideW - w.padLeft;
      let count = 0;
      memory.fill(sums, 0, bytes);
      for (let i = 0; i < w.kernelH; i++) {
        const inY = top + i * w.dilationH;
        for (let j = 0; j < w.kernelW; j++) {
          const inX = left + j * w.dilationW;
          if (<u32>inY >= <u32>w.inH || <u32>inX >= <u32>w.inW) continue;
          extend(pixel, x + (inY * w.inW + inX) * w.inC, w.inC, w.flip, w.zero);
          add(sums, pixel, w.inC, scale);
          count++;
        }
      }
      if (p.padded) {
        count =
          positions(top, w.kernelH, w.dilationH, w.inH + p.padBottom) *
          positions(left, w.kernelW, w.dilationW, w.inW + p.padRight);
      }
      const counts = f32x4.splat(<f32>max(1, count));
      v128.store(scratch + MULTIPLIERS, counts);
      v128.store(scratch + MULTIPLIERS + 16, counts);
      if (scale != 0) divide(sums, w.inC, counts);
      requantiseRun(sums, w.inC, scale != 0 ? p.head : scratch, p.y + <usize>(unit * w.outW + column) * w.inC, result);
    }
  }
}

/** Results that are requantised together: a multiple of eight. */
const TOGETHER: i32 = 64;

/** Parameters of `reduce`. A unit is a part of the results. */
@unmanaged
class Reduction {
  /** `[…, fold, inner]` */
  x: usize;
  /** The head of a panel. */
  head: usize;
  /** `[…, inner]` */
  y: usize;
  count: i32;
  fold: i32;
  inner: i32;
  flip: i32;
  zero: i32;
}

/** Sums over a dimension, requantised. */
export function reduce(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Reduction>(params);
  const result = changetype<Result>(params + offsetof<Reduction>());
  for (let unit = begin; unit < end; unit++) {
    const first = unit * TOGETHER;
    const count = min(TOGETHER, p.count - first);
    for (let k = 0; k < count; k++) {
      const outer = <usize>((first + k) / p.inner) * p.fold;
      let from = p.x + outer * p.inner + ((first + k) % p.inner);
      let sum = 0;
      for (let n = p.fold; n > 0; n--, from += p.inner) sum += (load<u8>(from) ^ p.flip) - p.zero;
      store<i32>(scratch + (k << 2), sum);
    }
    requantiseRun(scratch, count, p.head, p.y + first, result);
  }
}
