/** Bytes without their zero points as int16, and products of those: sums of two at a time, exact as int32 wraps. */
import { HEAD } from './requantise';

/** Columns of a panel. */
export const COLUMNS: i32 = 8;

/** Bytes of a panel: its head, and for each two steps of the depth eight columns of two int16. */
@inline
export function panelBytes(depth: i32): usize {
  return HEAD + ((<usize>(depth + 1) >> 1) << 5);
}

/**
 * Bytes less a zero point, as int16. `flip` is 128 for bytes with a sign, which makes them greater by as much, and 0 for
 * others; `zero` counts from there.
 */
export function extend(to: usize, from: usize, count: i32, flip: i32, zero: i32): void {
  const flips = i8x16.splat(<i8>flip);
  const zeros = i16x8.splat(<i16>zero);
  for (; count >= 8; count -= 8, from += 8, to += 16) {
    const bytes = v128.xor(v128.load64_zero(from), flips);
    v128.store(to, i16x8.sub(i16x8.extend_low_i8x16_u(bytes), zeros));
  }
  for (let k = 0; k < count; k++) store<i16>(to + (<usize>k << 1), <i16>((<i32>load<u8>(from + k) ^ flip) - zero));
}

/** Four rows by eight columns of sums: Σ a[r, k]·panel[k, c] + start[c], as `[4, 8]`. Rows are `pitch` bytes apart. */
export function tile(a: usize, pitch: usize, panel: usize, pairs: i32, sums: usize): void {
  const b = a + pitch;
  const c = b + pitch;
  const d = c + pitch;
  let s0 = v128.load(panel);
  let t0 = v128.load(panel, 16);
  let s1 = s0, t1 = t0, s2 = s0, t2 = t0, s3 = s0, t3 = t0;
  panel += HEAD;
  const bytes = <usize>pairs << 2;
  for (let k: usize = 0; k < bytes; k += 4) {
    const v = v128.load(panel);
    const w = v128.load(panel, 16);
    panel += 32;
    let x = v128.load32_splat(a + k);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(x, v));
    t0 = i32x4.add(t0, i32x4.dot_i16x8_s(x, w));
    x = v128.load32_splat(b + k);
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(x, v));
    t1 = i32x4.add(t1, i32x4.dot_i16x8_s(x, w));
    x = v128.load32_splat(c + k);
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(x, v));
    t2 = i32x4.add(t2, i32x4.dot_i16x8_s(x, w));
    x = v128.load32_splat(d + k);
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(x, v));
    t3 = i32x4.add(t3, i32x4.dot_i16x8_s(x, w));
  }
  v128.store(sums, s0);
  v128.store(sums, t0, 16);
  v128.store(sums, s1, 32);
  v128.store(sums, t1, 48);
  v128.store(sums, s2, 64);
  v128.store(sums, t2, 80);
  v128.store(sums, s3, 96);
  v128.store(sums, t3, 112);
}

/** Parameters of `pack`. A unit is a panel. */
@unmanaged
class Packing {
  b: usize;
  /** What each panel begins with. */
  head: usize;
  w: usize;
  depth: i32;
  columns: i32;
  alongDepth: i32;
  alongColumns: i32;
  flip: i32;
  zero: i32;
}

/** Panels of matrices that are computed. */
export function pack(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<Packing>(params);
  const panels = (p.columns + COLUMNS - 1) / COLUMNS;
  for (let unit = begin; unit < end; unit++) {
    const first = (unit % panels) * COLUMNS;
    const b = p.b + <usize>(unit / panels) * p.depth * p.columns + first * p.alongColumns;
    let to = p.w + <usize>unit * panelBytes(p.depth);
    memory.copy(to, p.head, HEAD);
    to += HEAD;
    for (let k = 0; k < ((p.depth + 1) & -2); k += 2, to += 32) {
      for (let j = 0; j < 16; j++) {
        const row = k + (j & 1);
        const column = j >> 1;
        let v = 0;
        if (row < p.depth && first + column < p.columns) {
          v = (load<u8>(b + row * p.alongDepth + column * p.alongColumns) ^ p.flip) - p.zero;
        }
        store<i16>(to + (j << 1), v);
      }
    }
  }
}
