/** Functions of one element of each operand. */
import { activateRow } from './lib/activate';
import { log } from './lib/exp';
import { loadPart, loadUpTo, signed, storePart, storeUpTo } from './lib/vector';

/** Parameters of `combine`. The result has four dimensions; a unit is `block` rows, which are the third. */
@unmanaged
class Combine {
  a: usize;
  b: usize;
  /** Chooses between the two; 0 where nothing does. */
  c: usize;
  y: usize;
  /** Position in `FUNCTIONS` (src/simd/elementwise/functions.ts). */
  kind: i32;
  /** How elements of a and b are read: see `read`. */
  aType: i32;
  bType: i32;
  /** Bits that a result of one byte keeps; 0 where it is a word. */
  keep: i32;
  activation: i32;
  planes: i32;
  rows: i32;
  columns: i32;
  /** Columns of the last row. */
  last: i32;
  block: i32;
  /** Elements from one to the next along each dimension; 0 or 1 along the last. */
  a0: i32;
  a1: i32;
  a2: i32;
  a3: i32;
  b0: i32;
  b1: i32;
  b2: i32;
  b3: i32;
  c0: i32;
  c1: i32;
  c2: i32;
  c3: i32;
  alpha: f32;
  beta: f32;
}

/** y = activation(function(a, b, c)), a, b and c broadcast */
export function combine(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<Combine>(params);
  const blocks = (p.rows + p.block - 1) / p.block;
  for (let unit = begin; unit < end; unit++) {
    const outer = unit / blocks;
    const first = (unit % blocks) * p.block;
    const plane = outer / p.planes;
    const line = outer % p.planes;
    const rows = min(p.rows - first, p.block);
    const a = plane * p.a0 + line * p.a1 + first * p.a2;
    const b = plane * p.b0 + line * p.b1 + first * p.b2;
    const c = plane * p.c0 + line * p.c1 + first * p.c2;
    const start = (outer * p.rows + first) * p.columns;
    const count = rows * p.columns - (first + rows == p.rows ? p.columns - p.last : 0);
    if (p.kind <= DIV && !(p.aType | p.bType)) combineWords(p, a, b, start, count);
    else {
      for (let row = 0; row < rows; row++) {
        const done = row * p.columns;
        combineRow(p, a + row * p.a2, b + row * p.b2, c + row * p.c2, start + done, min(p.columns, count - done));
      }
    }
    if (p.activation) activateRow(p.y + (<usize>start << 2), count, p.activation, p.alpha, p.beta);
  }
}

const ADD: i32 = 0;
const SUB: i32 = 1;
const MUL: i32 = 2;
const P_RELU: i32 = 3;
const DIV: i32 = 4;

/** So many elements of rows, given elements from the starts of the operands: what networks have most, of floats. */
function combineWords(p: Combine, a: i32, b: i32, y: i32, count: i32): void {
  const kind = p.kind;
  const aStep = p.a3;
  const bStep = p.b3;
  const aRow = <usize>p.a2 << 2;
  const bRow = <usize>p.b2 << 2;
  let aStart = p.a + (<usize>a << 2);
  let bStart = p.b + (<usize>b << 2);
  let yAt = p.y + (<usize>y << 2);
  for (; count > 0; count -= p.columns) {
    let aAt = aStart;
    let bAt = bStart;
    let u = v128.load32_splat(aAt);
    let v = v128.load32_splat(bAt);
    let left = min(p.columns, count);
    for (; left > 3; left -= 4) {
      if (aStep) u = v128.load(aAt);
      if (bStep) v = v128.load(bAt);
      v128.store(yAt, frequent(u, v, kind));
      aAt += 16;
      bAt += 16;
      yAt += 16;
    }
    if (left > 0) {
      if (aStep) u = loadPart(aAt, left);
      if (bStep) v = loadPart(bAt, left);
      storePart(yAt, frequent(u, v, kind), left);
      yAt += <usize>left << 2;
    }
    aStart += aRow;
    bStart += bRow;
  }
}

@inline
function frequent(a: v128, b: v128, kind: i32): v128 {
  if (kind == ADD) return f32x4.add(a, b);
  if (kind == SUB) return f32x4.sub(a, b);
  if (kind == DIV) return f32x4.div(a, b);
  const r = f32x4.mul(a, b);
  return kind == MUL ? r : v128.bitselect(r, a, f32x4.lt(a, f32x4.splat(0)));
}

/** One row, given elements from the starts of the operands. */
function combineRow(p: Combine, a: i32, b: i32, c: i32, y: i32, columns: i32): void {
  const kind = p.kind;
  const keep = p.keep;
  const aType = p.aType;
  const bType = p.bType;
  const aStep = p.a3;
  const bStep = p.b3;
  const aShift = <usize>(aType ? 0 : 2);
  const bShift = <usize>(bType ? 0 : 2);
  const yShift = <usize>(keep ? 0 : 2);
  let aAt = p.a + (<usize>a << aShift);
  let bAt = p.b + (<usize>b << bShift);
  let cAt = p.c + <usize>c;
  let yAt = p.y + (<usize>y << yShift);
  let u = aStep ? i32x4.splat(0) : read(aAt, 0, aType);
  let v = bStep ? u : read(bAt, 0, bType);
  let m = u;
  if (p.c) m = read(cAt, 0, TRUTH);
  for (; columns > 0; columns -= 4) {
    if (aStep) u = !aType && columns > 3 ? v128.load(aAt) : read(aAt, columns, aType);
    if (bStep) v = !bType && columns > 3 ? v128.load(bAt) : read(bAt, columns, bType);
    if (p.c3) m = read(cAt, columns, TRUTH);
    const r = combined(u, v, m, kind);
    if (keep) {
      const bytes = v128.and(r, i32x4.splat(keep));
      const halves = i16x8.narrow_i32x4_s(bytes, bytes);
      storeBytes(yAt, i8x16.narrow_i16x8_u(halves, halves), columns);
    } else storeUpTo(yAt, r, columns);
    aAt += <usize>4 << aShift;
    bAt += <usize>4 << bShift;
    cAt += 4;
    yAt += <usize>4 << yShift;
  }
}

/** Bytes of which 0 is false: all bits of the word are set where one is true. */
const TRUTH: i32 = 3;

/** Up to four elements as words, or one of them four times where `count` is 0: words, bytes without sign (1), with. */
function read(from: usize, count: i32, type: i32): v128 {
  if (!type) {
    return count ? loadUpTo(from, count) : v128.load32_splat(from);
  }
  let v = count ? v128.load8_lane(from, i32x4.splat(0), 0) : v128.load8_splat(from);
  if (count > 3) v = v128.load32_zero(from);
  else {
    if (count > 1) v = v128.load8_lane(from + 1, v, 1);
    if (count > 2) v = v128.load8_lane(from + 2, v, 2);
  }
  if (type == 2) return i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v));
  v = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v));
  return type == TRUTH ? i32x4.ne(v, i32x4.splat(0)) : v;
}

/** Writes up to four bytes, and nothing behind them. */
function storeBytes(to: usize, v: v128, count: i32): void {
  if (count > 3) {
    v128.store32_lane(to, v, 0);
    return;
  }
  v128.store8_lane(to, v, 0);
  if (count > 1) v128.store8_lane(to + 1, v, 1);
  if (count > 2) v128.store8_lane(to + 2, v, 2);
}

/** The other functions, in the order of `FUNCTIONS`: of floats, of floats that become something else, of integers. */
function combined(a: v128, b: v128, c: v128, kind: i32): v128 {
  const zero = i32x4.splat(0);
  const one = f32x4.splat(1);
  switch (kind) {
    case 5:
      return f32x4.min(a, b);
    case 6:
      return f32x4.max(a, b);
    case 7: {
      const d = f32x4.sub(a, b);
      return f32x4.mul(d, d);
    }
    case 8:
      return f32x4.abs(a);
    case 9:
      return f32x4.neg(a);
    case 10:
      return log(a);
    case 11:
      return f32x4.sqrt(a);
    case 12: // rsqrt
      return f32x4.div(one, f32x4.sqrt(a));
    case 13: // reciprocal
      return f32x4.div(one, a);
    case 14: // sign: zeros and NaN are their own
      return v128.bitselect(signed(one, a), a, f32x4.gt(f32x4.abs(a), zero));
    case 15:
      return f32x4.floor(a);
    case 16:
      return f32x4.ceil(a);
    case 17: // round
      return f32x4.nearest(a);
    case 18:
      return f32x4.eq(a, b);
    case 19:
      return f32x4.ne(a, b);
    case 20:
      return f32x4.lt(a, b);
    case 21:
      return f32x4.le(a, b);
    case 22: // floatToBool
      return f32x4.ne(a, zero);
    case 23: // floatToInt32
      return i32x4.trunc_sat_f32x4_s(a);
    case 24: // floatToUint32
      return i32x4.trunc_sat_f32x4_u(a);
    case 25: // floatToInt8
      return i32x4.min_s(i32x4.max_s(i32x4.trunc_sat_f32x4_s(a), i32x4.splat(-128)), i32x4.splat(127));
    case 26: // floatToUint8
      return i32x4.min_s(i32x4.max_s(i32x4.trunc_sat_f32x4_s(a), zero), i32x4.splat(255));
    case 27: // intToFloat
      return f32x4.convert_i32x4_s(a);
    case 28: // uintToFloat
      return f32x4.convert_i32x4_u(a);
    case 29:
      return i32x4.add(a, b);
    case 30:
      return i32x4.sub(a, b);
    case 31:
      return i32x4.mul(a, b);
    case 32:
      return i32x4.min_s(a, b);
    case 33:
      return i32x4.max_s(a, b);
    case 34:
      return i32x4.min_u(a, b);
    case 35:
      return i32x4.max_u(a, b);
    case 36: {
      const d = i32x4.sub(a, b);
      return i32x4.mul(d, d);
    }
    case 37:
      return i32x4.eq(a, b);
    case 38:
      return i32x4.ne(a, b);
    case 39:
      return i32x4.lt_s(a, b);
    case 40:
      return i32x4.le_s(a, b);
    case 41:
      return i32x4.lt_u(a, b);
    case 42:
      return i32x4.le_u(a, b);
    case 43:
      return v128.and(a, b);
    case 44:
      return v128.or(a, b);
    case 45:
      return v128.xor(a, b);
    case 46: // not, of an integer as of a truth
      return i32x4.eq(a, zero);
    case 47: // intToBool
      return i32x4.ne(a, zero);
    case 48: // where
      return v128.bitselect(a, b, c);
  }
  return a;
}
