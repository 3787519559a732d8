/** Movements of elements: strided boxes from one tensor to another, and runs that indices name. */
import { storePart } from './lib/vector';

/** Runs of so many bytes are left to the engine: its function costs more to call than it saves on shorter ones. */
const LONG: usize = 512;

/** A dimension of a box: its extent, and the bytes from one position to the next on both sides. */
@unmanaged
class Dim {
  extent: i32;
  from: usize;
  to: usize;
}

/** Parameters of `copy`. A unit is `chunk` positions: up to `step` rows of one place of the outer dimensions. */
@unmanaged
class Copy {
  x: usize;
  y: usize;
  /** Bytes of an element: 1, 2 or 4. */
  size: i32;
  step: i32;
  chunk: i32;
  /** Positions of all. */
  count: i32;
  /** Bytes before the box on both sides. */
  from: i32;
  to: i32;
  /** Dimensions before rows and columns. They come first, the outer ones before the inner. */
  outer: i32;
}

/** y[to + Σ i·to stride] = x[from + Σ i·from stride] */
export function copy(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<Copy>(params);
  const dims = params + offsetof<Copy>();
  const rows = changetype<Dim>(dims + p.outer * offsetof<Dim>());
  const columns = changetype<Dim>(changetype<usize>(rows) + offsetof<Dim>());
  const blocks = (rows.extent + p.step - 1) / p.step;
  const last = min(end * p.chunk, p.count);
  for (let i = begin * p.chunk; i < last; i++) {
    let rest = i / blocks;
    const row = (i - rest * blocks) * p.step;
    let x = p.x + <usize>p.from + <usize>row * rows.from;
    let y = p.y + <usize>p.to + <usize>row * rows.to;
    for (let d = p.outer - 1; d >= 0; d--) {
      const dim = changetype<Dim>(dims + d * offsetof<Dim>());
      const next = rest / dim.extent;
      const k = rest - next * dim.extent;
      x += <usize>k * dim.from;
      y += <usize>k * dim.to;
      rest = next;
    }
    plane(x, y, min(p.step, rows.extent - row), rows, columns, p.size);
  }
}

/** So many rows. */
function plane(x: usize, y: usize, count: i32, rows: Dim, columns: Dim, size: i32): void {
  const isDense = columns.to == size;
  if (isDense && (columns.from == size || columns.from == 0)) {
    const bytes = columns.extent * size;
    for (; count > 0; count--) {
      if (columns.from == 0) fill(y, x, bytes, size);
      else run(y, x, bytes);
      x += rows.from;
      y += rows.to;
    }
  } else if (isDense && size == 4 && rows.from == 4) {
    turn(x, y, count, rows.to, columns);
  } else if (size == 4) {
    one<u32>(x, y, count, rows, columns);
  } else if (size == 2) {
    one<u16>(x, y, count, rows, columns);
  } else {
    one<u8>(x, y, count, rows, columns);
  }
}

/** So many bytes from one place to another. */
function run(to: usize, from: usize, bytes: usize): void {
  if (bytes >= LONG) {
    memory.copy(to, from, bytes);
    return;
  }
  for (; bytes >= 16; bytes -= 16) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
  for (; bytes >= 4; bytes -= 4) {
    store<u32>(to, load<u32>(from));
    to += 4;
    from += 4;
  }
  for (; bytes > 0; bytes--) store<u8>(to++, load<u8>(from++));
}

/** One element all over so many bytes. */
function fill(to: usize, from: usize, bytes: usize, size: i32): void {
  let v = i32x4.splat(0);
  if (size == 4) v = v128.load32_splat(from);
  else if (size == 2) v = v128.load16_splat(from);
  else v = v128.load8_splat(from);
  for (; bytes >= 16; bytes -= 16) {
    v128.store(to, v);
    to += 16;
  }
  for (; bytes > 0; bytes -= size) {
    if (size == 4) v128.store32_lane(to, v, 0);
    else if (size == 2) v128.store16_lane(to, v, 0);
    else v128.store8_lane(to, v, 0);
    to += size;
  }
}

/** One element after another. */
function one<T>(x: usize, y: usize, count: i32, rows: Dim, columns: Dim): void {
  for (; count > 0; count--) {
    let from = x;
    let to = y;
    for (let c = columns.extent; c > 0; c--) {
      store<T>(to, load<T>(from));
      from += columns.from;
      to += columns.to;
    }
    x += rows.from;
    y += rows.to;
  }
}

/** A plane of elements of four bytes turned: rows are neighbours in x, columns in y. Four by four in registers. */
function turn(x: usize, y: usize, count: i32, pitch: usize, columns: Dim): void {
  const from = columns.from;
  for (let c = columns.extent; c > 0; c -= 4) {
    const x1 = x + (c > 1 ? from : 0);
    const x2 = x1 + (c > 2 ? from : 0);
    const x3 = x2 + (c > 3 ? from : 0);
    let at: usize = 0;
    let to = y;
    let rest = count;
    for (; rest > 3; rest -= 4) {
      const a = v128.load(x + at);
      const b = v128.load(x1 + at);
      const low = i32x4.shuffle(a, b, 0, 4, 1, 5);
      const high = i32x4.shuffle(a, b, 2, 6, 3, 7);
      if (c == 2 && pitch == 8) {
        v128.store(to, low);
        v128.store(to, high, 16);
      } else {
        const d = v128.load(x2 + at);
        const e = v128.load(x3 + at);
        const low2 = i32x4.shuffle(d, e, 0, 4, 1, 5);
        const high2 = i32x4.shuffle(d, e, 2, 6, 3, 7);
        put(to, i64x2.shuffle(low, low2, 0, 2), c);
        put(to + pitch, i64x2.shuffle(low, low2, 1, 3), c);
        put(to + 2 * pitch, i64x2.shuffle(high, high2, 0, 2), c);
        put(to + 3 * pitch, i64x2.shuffle(high, high2, 1, 3), c);
      }
      at += 16;
      to += 4 * pitch;
    }
    for (; rest > 0; rest--) {
      store<u32>(to, load<u32>(x + at));
      if (c > 1) store<u32>(to + 4, load<u32>(x1 + at));
      if (c > 2) store<u32>(to + 8, load<u32>(x2 + at));
      if (c > 3) store<u32>(to + 12, load<u32>(x3 + at));
      at += 4;
      to += pitch;
    }
    x = x3 + from;
    y += 16;
  }
}

/** Up to four elements of a row. */
@inline
function put(to: usize, v: v128, count: i32): void {
  if (count > 3) v128.store(to, v);
  else storePart(to, v, count);
}

/** Parameters of `gather`. A unit is `chunk` rows. */
@unmanaged
class Gather {
  /** `[outer, extent, bytes]` */
  x: usize;
  /** `[count]` of 32 bits. */
  indices: usize;
  /** `[outer, count, bytes]` */
  y: usize;
  bytes: i32;
  extent: i32;
  count: i32;
  /** outer·count */
  rows: i32;
  chunk: i32;
  /** 1: indices are unsigned, and none counts from the end. */
  unsigned: i32;
}

/** y[o, j] = x[o, indices[j]]; counted from the end when negative, and the nearest where there is none. */
export function gather(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<Gather>(params);
  const first = begin * p.chunk;
  let outer = first / p.count;
  let j = first - outer * p.count;
  let y = p.y + <usize>first * p.bytes;
  for (let rest = min(end * p.chunk, p.rows) - first; rest > 0; rest--) {
    let k = load<i32>(p.indices + (<usize>j << 2));
    if (p.unsigned) k = <i32>min<u32>(k, p.extent - 1);
    else k = max(0, min(k < 0 ? k + p.extent : k, p.extent - 1));
    run(y, p.x + <usize>(outer * p.extent + k) * p.bytes, p.bytes);
    y += p.bytes;
    if (++j == p.count) {
      j = 0;
      outer++;
    }
  }
}
