/**
 * The tile that products and convolutions are made of: six rows by eight columns of sums in registers (Goto and van de Geijn
 * 2008, "Anatomy of high-performance matrix multiplication"). The right operand lies in panels of eight columns: eight floats to
 * start from (a bias), then eight of each row, the last panel filled up with zeros.
 */
import { Finish, writeRow } from './epilogue';
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
  panel: usize,
  depth: i32,
  y: usize,
  yPitch: usize,
  columns: i32,
  residual: usize,
  finish: Finish,
): void {
  for (; columns > 0; columns -= COLUMNS) {
    let from = a;
    let to = y;
    for (let left = rows; left > 0; left -= ROWS) {
      tile(from, aPitch, left, panel, depth, to, yPitch, columns, residual, finish);
      from += <usize>ROWS * aPitch;
      to += <usize>ROWS * yPitch;
    }
    panel += panelBytes(depth);
    y += <usize>COLUMNS << 2;
  }
}

/** The first six rows, or as many as there are, of the first eight columns of this. */
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
  let s1 = s0, t1 = t0, s2 = s0, t2 = t0, s3 = s0, t3 = t0, s4 = s0, t4 = t0, s5 = s0, t5 = t0;
  const bytes = <usize>depth << 2;
  for (let k: usize = 0; k < bytes; k += 4) {
    panel += 32;
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
  writeRow(y, s0, t0, columns, residual, finish);
  if (rows > 1) writeRow(y + yPitch, s1, t1, columns, residual, finish);
  if (rows > 2) writeRow(y + 2 * yPitch, s2, t2, columns, residual, finish);
  if (rows > 3) writeRow(y + 3 * yPitch, s3, t3, columns, residual, finish);
  if (rows > 4) writeRow(y + 4 * yPitch, s4, t4, columns, residual, finish);
  if (rows > 5) writeRow(y + 5 * yPitch, s5, t5, columns, residual, finish);
}
