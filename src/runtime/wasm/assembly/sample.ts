/** Elements between elements: resizing. */
import { madd } from './lib/vector';

/** Parameters of `resize`. A unit is a row of the result: all its columns. */
@unmanaged
class Resize {
  /** `[outer, inRows, inColumns, inner]` */
  x: usize;
  /** `[outRows, rowTaps]` and `[outColumns, columnTaps]` of the position of an element of x and its weight. */
  rows: usize;
  columns: usize;
  /** `[outer, outRows, outColumns, inner]` */
  y: usize;
  inRows: i32;
  inColumns: i32;
  outRows: i32;
  outColumns: i32;
  /** Bytes of neighbours that go the same way. */
  inner: i32;
  /** Elements of x that one of y comes from: a single one is moved as it is, be it a float or not. */
  rowTaps: i32;
  columnTaps: i32;
}

/** Bytes of a position and its weight. */
const TAP: i32 = 8;

/** y = x at other places: first between rows, in memory of the thread's own, then between columns of what that gives. */
export function resize(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Resize>(params);
  const inRow = p.inColumns * p.inner;
  const hasColumns = p.inColumns > 1 || p.outColumns > 1;
  for (let unit = begin; unit < end; unit++) {
    const outer = unit / p.outRows;
    const image = p.x + <usize>(outer * p.inRows) * inRow;
    const taps = p.rows + <usize>((unit - outer * p.outRows) * p.rowTaps * TAP);
    let y = p.y + <usize>(unit * p.outColumns) * p.inner;
    if (!hasColumns) {
      between(image, inRow, taps, p.rowTaps, y, inRow);
      continue;
    }
    let row = scratch;
    if (p.rowTaps == 1) row = image + <usize>load<i32>(taps) * inRow;
    else between(image, inRow, taps, p.rowTaps, row, inRow);
    let column = p.columns;
    for (let left = p.outColumns; left > 0; left--) {
      between(row, p.inner, column, p.columnTaps, y, p.inner);
      column += p.columnTaps * TAP;
      y += p.inner;
    }
  }
}

/** Writes `bytes` that are so much of each of the places that `taps` names, `pitch` bytes apart. */
function between(from: usize, pitch: usize, taps: usize, count: i32, to: usize, bytes: i32): void {
  if (count == 1) {
    copy(from + <usize>load<i32>(taps) * pitch, to, bytes);
    return;
  }
  const whole = bytes & ~15;
  if (count == 2) linear(from, pitch, taps, to, whole);
  else for (let at = 0; at < whole; at += 16) v128.store(to + at, sum(from + at, pitch, taps, count, true));
  for (let at = whole; at < bytes; at += 4) v128.store32_lane(to + at, sum(from + at, pitch, taps, count, false), 0);
}

/** The same of two places, whose weights stay in registers. */
function linear(from: usize, pitch: usize, taps: usize, to: usize, bytes: i32): void {
  const a = from + <usize>load<i32>(taps) * pitch;
  const b = from + <usize>load<i32>(taps, 8) * pitch;
  const v = v128.load32_splat(taps, 4);
  const w = v128.load32_splat(taps, 12);
  for (let at = 0; at < bytes; at += 16) {
    v128.store(to + at, madd(v128.load(b + at), w, f32x4.mul(v128.load(a + at), v)));
  }
}

/** Four floats, or one of them. */
@inline
function sum(from: usize, pitch: usize, taps: usize, count: i32, isWide: bool): v128 {
  let total = f32x4.splat(0);
  for (const end = taps + count * TAP; taps < end; taps += TAP) {
    const at = from + <usize>load<i32>(taps) * pitch;
    total = madd(isWide ? v128.load(at) : v128.load32_splat(at), v128.load32_splat(taps, 4), total);
  }
  return total;
}

function copy(from: usize, to: usize, bytes: i32): void {
  for (; bytes >= 16; bytes -= 16) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
  for (; bytes >= 4; bytes -= 4) {
    store<i32>(to, load<i32>(from));
    from += 4;
    to += 4;
  }
  for (; bytes > 0; bytes--) store<u8>(to++, load<u8>(from++));
}
