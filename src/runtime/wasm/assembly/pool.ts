/** Pools of windows: global ones have a window as large as the map. */
import { endTap, firstTap } from './lib/window';

/** Parameters of `pool`. A unit is a block of channels of a row of the result. */
@unmanaged
class Pool {
  /** `[N, height, width, channels]` */
  x: usize;
  /** `[N, outHeight, outWidth, channels]` */
  y: usize;
  height: i32;
  width: i32;
  /** Bytes of the channels of a pixel. */
  pixel: i32;
  outHeight: i32;
  outWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  padTop: i32;
  padLeft: i32;
  /** Extents with the pads that a mean counts; 0 where it counts none. */
  countedHeight: i32;
  countedWidth: i32;
  /** Bytes of a block: a multiple of 64, but for the last. */
  block: i32;
  /** How windows are folded: see below. */
  kind: i32;
}

const MEAN: i32 = 0;
/** The largest: of floats, and of integers from 2 on. */
const LARGEST: i32 = 1;
/** Elements that are added before their sum is added to others: each addition rounds to a share of the sum so far. */
const PART: i32 = 128;

/** What windows of a row have in common, and the one at hand. */
@unmanaged
class Taps {
  rows: i32;
  columns: i32;
  /** Bytes from a tap to the next, of a column and of a row. */
  rowPitch: usize;
  pitch: usize;
}

/** y = the mean, or the largest, of each window */
export function pool(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Pool>(params);
  const taps = changetype<Taps>(scratch);
  const inRow = <usize>p.width * p.pixel;
  const blocks = (p.pixel + p.block - 1) / p.block;
  taps.rowPitch = inRow * p.dilationHeight;
  taps.pitch = <usize>p.pixel * p.dilationWidth;
  for (let unit = begin; unit < end; unit++) {
    const row = unit / blocks;
    const channel = (unit - row * blocks) * p.block;
    const image = row / p.outHeight;
    const top = (row - image * p.outHeight) * p.strideHeight - p.padTop;
    const firstRow = firstTap(top, p.dilationHeight);
    taps.rows = endTap(top, p.dilationHeight, p.kernelHeight, p.height, firstRow) - firstRow;
    const counted = p.countedHeight ? endTap(top, p.dilationHeight, p.kernelHeight, p.countedHeight, 0) : taps.rows;
    const x = p.x + <usize>(image * p.height + top + firstRow * p.dilationHeight) * inRow + channel;
    let y = p.y + <usize>row * p.outWidth * p.pixel + channel;
    const bytes = min(p.block, p.pixel - channel);
    for (let column = 0; column < p.outWidth; column++) {
      const left = column * p.strideWidth - p.padLeft;
      const first = firstTap(left, p.dilationWidth);
      taps.columns = endTap(left, p.dilationWidth, p.kernelWidth, p.width, first) - first;
      const across = p.countedWidth ? endTap(left, p.dilationWidth, p.kernelWidth, p.countedWidth, 0) : taps.columns;
      const from = x + <usize>(left + first * p.dilationWidth) * p.pixel;
      const done = p.kind > LARGEST ? 0 : floats(taps, from, y, bytes, p.kind, counted * across);
      rest(taps, from, y, done, bytes, p.kind, counted * across);
      y += p.pixel;
    }
  }
}

/** Folds a window, 16 channels of floats at once. Gives the bytes that are done. */
function floats(taps: Taps, from: usize, to: usize, bytes: i32, kind: i32, count: i32): i32 {
  const start = f32x4.splat(kind == MEAN ? 0 : -Infinity);
  const divisor = f32x4.splat(<f32>max(1, count));
  let c = 0;
  for (; c + 64 <= bytes; c += 64) {
    let s0 = start, s1 = start, s2 = start, s3 = start;
    let row = from + c;
    for (let r = taps.rows; r > 0; r--) {
      let x = row;
      for (let left = taps.columns; left > 0; left -= PART) {
        let a0 = start, a1 = start, a2 = start, a3 = start;
        for (let t = min(left, PART); t > 0; t--) {
          const v0 = v128.load(x), v1 = v128.load(x, 16), v2 = v128.load(x, 32), v3 = v128.load(x, 48);
          x += taps.pitch;
          if (kind == MEAN) {
            a0 = f32x4.add(a0, v0);
            a1 = f32x4.add(a1, v1);
            a2 = f32x4.add(a2, v2);
            a3 = f32x4.add(a3, v3);
          } else {
            a0 = f32x4.max(a0, v0);
            a1 = f32x4.max(a1, v1);
            a2 = f32x4.max(a2, v2);
            a3 = f32x4.max(a3, v3);
          }
        }
        s0 = fold(kind, s0, a0);
        s1 = fold(kind, s1, a1);
        s2 = fold(kind, s2, a2);
        s3 = fold(kind, s3, a3);
      }
      row += taps.rowPitch;
    }
    if (kind == MEAN) {
      s0 = f32x4.div(s0, divisor);
      s1 = f32x4.div(s1, divisor);
      s2 = f32x4.div(s2, divisor);
      s3 = f32x4.div(s3, divisor);
    }
    const y = to + c;
    v128.store(y, s0);
    v128.store(y, s1, 16);
    v128.store(y, s2, 32);
    v128.store(y, s3, 48);
  }
  return c;
}

/** Folds the channels of a window from `c` on: 16 bytes at once, and what is less one by one. */
function rest(taps: Taps, from: usize, to: usize, c: i32, bytes: i32, kind: i32, count: i32): void {
  const size = kind == 2 || kind == 3 ? 1 : kind == 4 || kind == 5 ? 2 : 4;
  while (c < bytes) {
    const width = c + 16 <= bytes ? 16 : size;
    let sum = startOf(kind);
    let row = from + c;
    for (let r = taps.rows; r > 0; r--) {
      let x = row;
      for (let left = taps.columns; left > 0; left -= PART) {
        let part = startOf(kind);
        for (let t = min(left, PART); t > 0; t--) {
          part = fold(kind, part, load(x, width));
          x += taps.pitch;
        }
        sum = fold(kind, sum, part);
      }
      row += taps.rowPitch;
    }
    if (kind == MEAN) sum = f32x4.div(sum, f32x4.splat(<f32>max(1, count)));
    store(to + c, sum, width);
    c += width;
  }
}

function startOf(kind: i32): v128 {
  switch (kind) {
    case LARGEST:
      return f32x4.splat(-Infinity);
    case 2:
      return i8x16.splat(-0x80);
    case 4:
      return i16x8.splat(-0x8000);
    case 6:
      return i32x4.splat(i32.MIN_VALUE);
    default:
      return i32x4.splat(0);
  }
}

/** Kinds from 2 on: int8, uint8, int16, uint16, int32, uint32. NaN is larger than all. */
function fold(kind: i32, a: v128, b: v128): v128 {
  switch (kind) {
    case MEAN:
      return f32x4.add(a, b);
    case LARGEST:
      return f32x4.max(a, b);
    case 2:
      return i8x16.max_s(a, b);
    case 3:
      return i8x16.max_u(a, b);
    case 4:
      return i16x8.max_s(a, b);
    case 5:
      return i16x8.max_u(a, b);
    case 6:
      return i32x4.max_s(a, b);
    default:
      return i32x4.max_u(a, b);
  }
}

function load(from: usize, width: i32): v128 {
  if (width == 16) return v128.load(from);
  if (width == 4) return v128.load32_splat(from);
  return width == 2 ? v128.load16_splat(from) : v128.load8_splat(from);
}

function store(to: usize, v: v128, width: i32): void {
  if (width == 16) v128.store(to, v);
  else if (width == 4) v128.store32_lane(to, v, 0);
  else if (width == 2) v128.store16_lane(to, v, 0);
  else v128.store8_lane(to, v, 0);
}
