/**
 * The tile that products and convolutions are made of: six rows by eight columns of sums in registers (Goto and van de Geijn
 * 2008, "Anatomy of high-performance matrix multiplication"). The right operand lies in panels: eight columns of one row behind
 * those of the row before, the last panel filled up with zeros.
 */
import { clip, writeRow } from './epilogue';
import { madd } from './vector';

/** Rows of a tile. */
export const ROWS: i32 = 6;
/** Columns of a panel. */
export const COLUMNS: i32 = 8;

/**
 * y[r, c] = clip(Σ a[r, k]·panel[k, c] + start[c]) of up to six rows and up to eight columns. Pitches are bytes from a row to the
 * next; `start` is eight floats.
 */
export function tile(
  a: usize,
  aPitch: usize,
  rows: i32,
  panel: usize,
  depth: i32,
  start: usize,
  y: usize,
  yPitch: usize,
  columns: i32,
  low: f32,
  high: f32,
): void {
  const a1 = a + (rows > 1 ? aPitch : 0);
  const a2 = a1 + (rows > 2 ? aPitch : 0);
  const a3 = a2 + (rows > 3 ? aPitch : 0);
  const a4 = a3 + (rows > 4 ? aPitch : 0);
  const a5 = a4 + (rows > 5 ? aPitch : 0);
  let s0 = v128.load(start);
  let t0 = v128.load(start, 16);
  let s1 = s0, t1 = t0, s2 = s0, t2 = t0, s3 = s0, t3 = t0, s4 = s0, t4 = t0, s5 = s0, t5 = t0;
  const bytes = <usize>depth << 2;
  for (let k: usize = 0; k < bytes; k += 4) {
    const v = v128.load(panel);
    const w = v128.load(panel, 16);
    panel += 32;
    let x = v128.load32_splat(a + k);
    s0 = madd(x, v, s0);
    t0 = madd(x, w, t0);
    x = v128.load32_splat(a1 + k);
    s1 = madd(x, v, s1);
    t1 = madd(x, w, t1);
    x = v128.load32_splat(a2 + k);
    s2 = madd(x, v, s2);
    t2 = madd(x, w, t2);
    x = v128.load32_splat(a3 + k);
    s3 = madd(x, v, s3);
    t3 = madd(x, w, t3);
    x = v128.load32_splat(a4 + k);
    s4 = madd(x, v, s4);
    t4 = madd(x, w, t4);
    x = v128.load32_splat(a5 + k);
    s5 = madd(x, v, s5);
    t5 = madd(x, w, t5);
  }
  const l = f32x4.splat(low);
  const h = f32x4.splat(high);
  writeRow(y, clip(s0, l, h), clip(t0, l, h), columns);
  if (rows > 1) writeRow(y + yPitch, clip(s1, l, h), clip(t1, l, h), columns);
  if (rows > 2) writeRow(y + 2 * yPitch, clip(s2, l, h), clip(t2, l, h), columns);
  if (rows > 3) writeRow(y + 3 * yPitch, clip(s3, l, h), clip(t3, l, h), columns);
  if (rows > 4) writeRow(y + 4 * yPitch, clip(s4, l, h), clip(t4, l, h), columns);
  if (rows > 5) writeRow(y + 5 * yPitch, clip(s5, l, h), clip(t5, l, h), columns);
}
