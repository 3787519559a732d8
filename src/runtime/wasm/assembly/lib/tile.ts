/**
 * The tile that products and convolutions are made of: six rows by eight columns of sums in registers (Goto and van de Geijn
 * 2008, "Anatomy of high-performance matrix multiplication"). The right operand lies in panels of eight columns: eight floats to
 * start from (a bias), then eight of each row, the last panel filled up with zeros.
 */
import { activateRow } from './activate';
import { clip, Finish, finishRow } from './epilogue';
import { madd } from './vector';

/** Rows of a tile. */
export const ROWS: i32 = 6;
/** Columns of a panel. */
export const COLUMNS: i32 = 8;

/** Bytes of a panel of so many rows. */
@inline
export function panelBytes(depth: i32): usize {
  return <usize>(depth + 1) << 5;
}

/**
 * y[r, c] = activation(Σ a[r, k]·panel[k, c] + start[c] + residual[r, c]) of any number of rows, and of columns of panels that
 * follow each other. Pitches are bytes from a row to the next; the residual has the result's, and lies `residual` bytes behind it
 * (0: there is none). Panel after panel, so that one stays in the nearest cache while rows pass.
 */
export function multiply(
  a: usize,
  aPitch: usize,
  rows: i32,
  panels: usize,
  depth: i32,
  y: usize,
  yPitch: usize,
  columns: i32,
  residual: usize,
  finish: Finish,
): void {
  for (let column = 0; column < columns; column += COLUMNS) {
    let from = a;
    let to = y + (<usize>column << 2);
    for (let left = rows; left > 0; left -= ROWS) {
      if (left == 1) line(from, panels, depth, to, columns - column, residual, finish);
      else tile(from, aPitch, left, panels, depth, to, yPitch, columns - column, residual, finish);
      from += <usize>ROWS * aPitch;
      to += <usize>ROWS * yPitch;
    }
    panels += panelBytes(depth);
  }
  if (!finish.kind) return;
  for (let row = 0; row < rows; row++) {
    activateRow(y, columns, finish.kind, finish.alpha, finish.beta);
    y += yPitch;
  }
}

/** The first six rows, or as many as there are, of the first eight columns. */
function tile(
  a: usize,
  aPitch: usize,
  rows: i32,
  panel: usize,
  depth: i32,
  y: usize,
  yPitch: usize,
  columns: i32,
  residual: usize,
  finish: Finish,
): void {
  // Rows that there are not are the last one again.
  const a1 = a + (rows > 1 ? aPitch : 0);
  const a2 = a1 + (rows > 2 ? aPitch : 0);
  const a3 = a2 + (rows > 3 ? aPitch : 0);
  const a4 = a3 + (rows > 4 ? aPitch : 0);
  const a5 = a4 + (rows > 5 ? aPitch : 0);
  let s0 = v128.load(panel);
  let t0 = v128.load(panel, 16);
  panel += 32;
  let s1 = s0, t1 = t0, s2 = s0, t2 = t0, s3 = s0, t3 = t0, s4 = s0, t4 = t0, s5 = s0, t5 = t0;
  const bytes = <usize>depth << 2;
  let k: usize = 0;
  // Two steps at a time share the addresses.
  for (; k + 4 < bytes; k += 8) {
    let v = v128.load(panel);
    let w = v128.load(panel, 16);
    const p0 = a + k;
    const p1 = a1 + k;
    const p2 = a2 + k;
    const p3 = a3 + k;
    const p4 = a4 + k;
    const p5 = a5 + k;
    let x = v128.load32_splat(p0);
    s0 = madd(x, v, s0);
    t0 = madd(x, w, t0);
    x = v128.load32_splat(p1);
    s1 = madd(x, v, s1);
    t1 = madd(x, w, t1);
    x = v128.load32_splat(p2);
    s2 = madd(x, v, s2);
    t2 = madd(x, w, t2);
    x = v128.load32_splat(p3);
    s3 = madd(x, v, s3);
    t3 = madd(x, w, t3);
    x = v128.load32_splat(p4);
    s4 = madd(x, v, s4);
    t4 = madd(x, w, t4);
    x = v128.load32_splat(p5);
    s5 = madd(x, v, s5);
    t5 = madd(x, w, t5);
    v = v128.load(panel, 32);
    w = v128.load(panel, 48);
    x = v128.load32_splat(p0, 4);
    s0 = madd(x, v, s0);
    t0 = madd(x, w, t0);
    x = v128.load32_splat(p1, 4);
    s1 = madd(x, v, s1);
    t1 = madd(x, w, t1);
    x = v128.load32_splat(p2, 4);
    s2 = madd(x, v, s2);
    t2 = madd(x, w, t2);
    x = v128.load32_splat(p3, 4);
    s3 = madd(x, v, s3);
    t3 = madd(x, w, t3);
    x = v128.load32_splat(p4, 4);
    s4 = madd(x, v, s4);
    t4 = madd(x, w, t4);
    x = v128.load32_splat(p5, 4);
    s5 = madd(x, v, s5);
    t5 = madd(x, w, t5);
    panel += 64;
  }
  if (k < bytes) {
    const v = v128.load(panel);
    const w = v128.load(panel, 16);
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
  const low = finish.low;
  const high = finish.high;
  if (columns >= COLUMNS && rows >= ROWS) {
    if (residual) {
      residual += y;
      s0 = f32x4.add(s0, v128.load(residual));
      t0 = f32x4.add(t0, v128.load(residual, 16));
      residual += yPitch;
      s1 = f32x4.add(s1, v128.load(residual));
      t1 = f32x4.add(t1, v128.load(residual, 16));
      residual += yPitch;
      s2 = f32x4.add(s2, v128.load(residual));
      t2 = f32x4.add(t2, v128.load(residual, 16));
      residual += yPitch;
      s3 = f32x4.add(s3, v128.load(residual));
      t3 = f32x4.add(t3, v128.load(residual, 16));
      residual += yPitch;
      s4 = f32x4.add(s4, v128.load(residual));
      t4 = f32x4.add(t4, v128.load(residual, 16));
      residual += yPitch;
      s5 = f32x4.add(s5, v128.load(residual));
      t5 = f32x4.add(t5, v128.load(residual, 16));
    }
    v128.store(y, clip(s0, low, high));
    v128.store(y, clip(t0, low, high), 16);
    y += yPitch;
    v128.store(y, clip(s1, low, high));
    v128.store(y, clip(t1, low, high), 16);
    y += yPitch;
    v128.store(y, clip(s2, low, high));
    v128.store(y, clip(t2, low, high), 16);
    y += yPitch;
    v128.store(y, clip(s3, low, high));
    v128.store(y, clip(t3, low, high), 16);
    y += yPitch;
    v128.store(y, clip(s4, low, high));
    v128.store(y, clip(t4, low, high), 16);
    y += yPitch;
    v128.store(y, clip(s5, low, high));
    v128.store(y, clip(t5, low, high), 16);
    return;
  }
  finishRow(y, s0, t0, columns, residual, low, high);
  if (rows > 1) finishRow(y + yPitch, s1, t1, columns, residual, low, high);
  if (rows > 2) finishRow(y + 2 * yPitch, s2, t2, columns, residual, low, high);
  if (rows > 3) finishRow(y + 3 * yPitch, s3, t3, columns, residual, low, high);
  if (rows > 4) finishRow(y + 4 * yPitch, s4, t4, columns, residual, low, high);
  if (rows > 5) finishRow(y + 5 * yPitch, s5, t5, columns, residual, low, high);
}

/** The same of one row: sums of every other k apart, since a sum waits for the one before. */
function line(a: usize, panel: usize, depth: i32, y: usize, columns: i32, residual: usize, finish: Finish): void {
  let s0 = v128.load(panel);
  let t0 = v128.load(panel, 16);
  let s1 = f32x4.splat(0);
  let t1 = s1, s2 = s1, t2 = s1, s3 = s1, t3 = s1;
  const end = a + (<usize>depth << 2);
  for (; a + 12 < end; a += 16) {
    let x = v128.load32_splat(a);
    s0 = madd(x, v128.load(panel, 32), s0);
    t0 = madd(x, v128.load(panel, 48), t0);
    x = v128.load32_splat(a, 4);
    s1 = madd(x, v128.load(panel, 64), s1);
    t1 = madd(x, v128.load(panel, 80), t1);
    x = v128.load32_splat(a, 8);
    s2 = madd(x, v128.load(panel, 96), s2);
    t2 = madd(x, v128.load(panel, 112), t2);
    x = v128.load32_splat(a, 12);
    s3 = madd(x, v128.load(panel, 128), s3);
    t3 = madd(x, v128.load(panel, 144), t3);
    panel += 128;
  }
  for (; a < end; a += 4) {
    const x = v128.load32_splat(a);
    panel += 32;
    s0 = madd(x, v128.load(panel), s0);
    t0 = madd(x, v128.load(panel, 16), t0);
  }
  s0 = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  t0 = f32x4.add(f32x4.add(t0, t1), f32x4.add(t2, t3));
  finishRow(y, s0, t0, columns, residual, finish.low, finish.high);
}
