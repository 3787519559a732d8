/** Windows over bytes, extended to int16: patches for products, and rows that slide. */
import { extend } from './integers';
import { HEAD, Result } from './requantise';

/** A window over `[n, inH, inW, inC]` whose results are `[n, outH, outW, …]`. */
@unmanaged
export class Window {
  inH: i32;
  inW: i32;
  inC: i32;
  outH: i32;
  outW: i32;
  kernelH: i32;
  kernelW: i32;
  strideH: i32;
  strideW: i32;
  dilationH: i32;
  dilationW: i32;
  padTop: i32;
  padLeft: i32;
  /** Steps between neighbours of x, zeros between them: those of a transposed convolution, whose dilations are negative. */
  apartH: i32;
  apartW: i32;
  /** What `extend` takes from x. */
  flip: i32;
  zero: i32;
}

/** What follows the window of a kernel. */
@inline
export function resultOf(window: Window): Result {
  return changetype<Result>(changetype<usize>(window) + offsetof<Window>());
}

/** One row of patches, as int16: what a pixel of the result sees of `channels` channels from x on, zeros at last. */
export function patch(to: usize, x: usize, channels: i32, w: Window, row: i32): void {
  const column = row % w.outW;
  const rest = row / w.outW;
  const y = rest % w.outH;
  const image = <usize>(rest / w.outH) * w.inH;
  const tap = <usize>channels << 1;
  const left = column * w.strideW - w.padLeft;
  // Neighbours that are one run of channels are extended together.
  const together = w.dilationW == 1 && channels == w.inC;
  for (let i = 0; i < w.kernelH; i++) {
    let inY = y * w.strideH - w.padTop + i * w.dilationH;
    if (w.apartH > 1) inY = inY % w.apartH ? -1 : inY / w.apartH;
    const line = x + ((image + inY) * w.inW) * w.inC;
    for (let j = 0; j < w.kernelW; ) {
      let inX = left + j * w.dilationW;
      if (w.apartW > 1) inX = inX % w.apartW ? -1 : inX / w.apartW;
      let count = 1;
      if (<u32>inY >= <u32>w.inH || <u32>inX >= <u32>w.inW) {
        memory.fill(to, 0, tap);
      } else {
        if (together) count = min(w.kernelW - j, w.inW - inX);
        extend(to, line + inX * w.inC, count * channels, w.flip, w.zero);
      }
      j += count;
      to += tap * count;
    }
  }
  store<i16>(to, 0);
}

/** A row of x as int16 with what pads it, `pitch` bytes a pixel; zeros where `from` is none. */
export function extendRow(to: usize, from: usize, width: i32, pitch: i32, w: Window): void {
  for (let k = 0; k < width; k++, to += pitch) {
    const x = k - w.padLeft;
    if (from == 0 || <u32>x >= <u32>w.inW) memory.fill(to, 0, pitch);
    else extend(to, from + x * w.inC, w.inC, w.flip, w.zero);
  }
}

/** Adds what two taps, side by side, give to the sums of four channels. */
@inline
function low(a: v128, b: v128, w: v128, sums: v128): v128 {
  return i32x4.add(sums, i32x4.dot_i16x8_s(v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11), w));
}

/** The same of the four channels behind them. */
@inline
function high(a: v128, b: v128, w: v128, sums: v128): v128 {
  return i32x4.add(sums, i32x4.dot_i16x8_s(v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15), w));
}

/**
 * Sums of eight channels of a row of results, two of which are made together. Taps are where their pixels of the first result
 * lie; the pixel behind an odd last one is that one again.
 */
export function slide(taps: usize, pairs: i32, step: i32, panel: usize, sums: usize, width: i32): void {
  const s = v128.load(panel);
  const t = v128.load(panel, 16);
  const end = taps + (<usize>pairs << 3);
  for (let x = 0; x < width; x += 2, sums += 64) {
    const at = <usize>x * step;
    let next = at;
    if (x + 1 < width) next += step;
    let s0 = s, t0 = t, s1 = s, t1 = t;
    let from = panel + HEAD;
    for (let tap = taps; tap < end; tap += 8, from += 32) {
      const first = load<usize>(tap);
      const second = load<usize>(tap, 4);
      const v = v128.load(from);
      const w = v128.load(from, 16);
      let a = v128.load(first + at);
      let b = v128.load(second + at);
      s0 = low(a, b, v, s0);
      t0 = high(a, b, w, t0);
      a = v128.load(first + next);
      b = v128.load(second + next);
      s1 = low(a, b, v, s1);
      t1 = high(a, b, w, t1);
    }
    v128.store(sums, s0);
    v128.store(sums, t0, 16);
    v128.store(sums, s1, 32);
    v128.store(sums, t1, 48);
  }
}
