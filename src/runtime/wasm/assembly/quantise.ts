/** Arithmetic on quantised integers. */
export { averagePool, reduce } from './lib/byte-folds';
export { softmax } from './lib/byte-softmax';
export { pack } from './lib/integers';
export { largest } from './lib/largest';
import { extendRow, patch, resultOf, slide, Window } from './lib/integer-windows';
import { COLUMNS, extend, panelBytes, tile } from './lib/integers';
import { bytesOfResult, requantise, requantiseRun, Result } from './lib/requantise';

/** Parameters of `convolve`. A unit is a block of rows of a block of panels of a group. */
@unmanaged
class Convolution {
  x: usize;
  /** Panels of each group. */
  w: usize;
  /** `[rows, outC]` */
  y: usize;
  /** Rows, and those of a block: a multiple of four. */
  rows: i32;
  block: i32;
  /** Panels of a group, and those of a block. */
  panels: i32;
  some: i32;
  groupIn: i32;
  groupOut: i32;
  outC: i32;
  /** Panels are not of groups, but of one batch of rows after the other. */
  batched: i32;
}

/** A convolution, or a product of a matrix: its patches, extended once for all panels of a block, times panels. */
export function convolve(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Convolution>(params);
  const window = changetype<Window>(params + offsetof<Convolution>());
  const result = resultOf(window);
  const depth = window.kernelH * window.kernelW * p.groupIn;
  const blocks = (p.rows + p.block - 1) / p.block;
  const parts = (p.panels + p.some - 1) / p.some;
  const pitch = ((depth + 8) & -8) << 1;
  const a = scratch + (<usize>p.block << 5);
  const size = bytesOfResult(result);
  for (let unit = begin; unit < end; unit++) {
    const first = (unit % blocks) * p.block;
    const piece = unit / blocks / parts;
    const group = p.batched ? 0 : piece;
    const row0 = p.batched ? piece * p.rows + first : first;
    const from = ((unit / blocks) % parts) * p.some;
    const rows = min(p.block, p.rows - first);
    for (let row = 0; row < rows; row++) {
      patch(a + row * pitch, p.x + group * p.groupIn, p.groupIn, window, row0 + row);
    }
    for (let panel = from; panel < min(p.panels, from + p.some); panel++) {
      const w = p.w + <usize>(piece * p.panels + panel) * panelBytes(depth);
      for (let row = 0; row < rows; row += 4) tile(a + row * pitch, pitch, w, (depth + 1) >> 1, scratch + (row << 5));
      const column = panel * COLUMNS;
      const y = p.y + (<usize>row0 * p.outC + group * p.groupOut + column) * size;
      requantise(scratch, rows, w, y, p.outC * size, min(COLUMNS, p.groupOut - column), result);
    }
  }
}

/** Parameters of `depthwise`. A unit is a band of rows of results. */
@unmanaged
class Depthwise {
  x: usize;
  /** Panels of eight channels; the depth is the taps. */
  w: usize;
  y: usize;
  /** Images, and rows of results of a band. */
  images: i32;
  band: i32;
}

/** A convolution of each channel by itself: rows of x are extended once, into as many slots as a kernel is high. */
export function depthwise(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Depthwise>(params);
  const w = changetype<Window>(params + offsetof<Depthwise>());
  const result = resultOf(w);
  const taps = w.kernelH * w.kernelW;
  const pitch = ((w.inC + 7) & -8) << 1;
  const slots = (w.kernelH - 1) * w.dilationH + 1;
  const width = (w.outW - 1) * w.strideW + (w.kernelW - 1) * w.dilationW + 1;
  const table = scratch + (<usize>(w.outW + 1) << 5);
  const lines = table + (<usize>(taps + 4) << 2 & -16);
  const line = width * pitch;
  const size = bytesOfResult(result);
  const bands = (w.outH + p.band - 1) / p.band;
  for (let unit = begin; unit < end; unit++) {
    const image = unit / bands;
    const first = (unit % bands) * p.band;
    let next = first * w.strideH;
    for (let y = first; y < min(first + p.band, w.outH); y++) {
      // Rows are counted from the first that pads the image.
      const top = y * w.strideH;
      for (next = max(next, top); next < top + slots; next++) {
        const inY = next - w.padTop;
        const from = p.x + <usize>(image * w.inH + inY) * w.inW * w.inC;
        extendRow(lines + (next % slots) * line, <u32>inY < <u32>w.inH ? from : 0, width, pitch, w);
      }
      for (let k = 0; k <= taps; k++) {
        const tap = min(k, taps - 1);
        const slot = (top + (tap / w.kernelW) * w.dilationH) % slots;
        store<usize>(table + (k << 2), lines + slot * line + (tap % w.kernelW) * w.dilationW * pitch);
      }
      const to = p.y + <usize>(image * w.outH + y) * w.outW * w.inC * size;
      for (let c = 0; c < w.inC; c += COLUMNS) {
        const panel = p.w + <usize>(c / COLUMNS) * panelBytes(taps);
        slide(table, (taps + 1) >> 1, w.strideW * pitch, panel, scratch, w.outW);
        requantise(scratch, w.outW, panel, to + c * size, w.inC * size, min(COLUMNS, w.inC - c), result);
        for (let k = 0; k <= taps; k++) store<usize>(table + (k << 2), load<usize>(table + (k << 2)) + 16);
      }
    }
  }
}

/** Elements that an elementwise kernel has in hand: a multiple of eight. */
const SOME: i32 = 512;

/** Parameters of `combine`. A unit is a part of one inner row. */
@unmanaged
class Combination {
  a: usize;
  b: usize;
  /** What each byte of a stands for, then of b, four bytes each; then the head of a panel. */
  terms: usize;
  y: usize;
  /** Sum, product, square of the sum of integers: 0 to 2; sum, difference, product of floats: 3 to 5. */
  kind: i32;
  flip: i32;
  /** Extents, and the steps of both operands along each. */
  outer: i32;
  middle: i32;
  inner: i32;
  outerA: i32;
  middleA: i32;
  innerA: i32;
  outerB: i32;
  middleB: i32;
  innerB: i32;
}

/** Terms of four bytes that are `step` apart; the last there is stands for those behind it. */
@inline
function gather(terms: usize, from: usize, step: i32, last: i32, flip: i32): v128 {
  const bytes = i32x4(
    load<u8>(from),
    load<u8>(from + min(1, last) * step),
    load<u8>(from + min(2, last) * step),
    load<u8>(from + min(3, last) * step),
  );
  const at = i32x4.shl(v128.xor(bytes, i32x4.splat(flip)), 2);
  let v = v128.load32_zero(terms + i32x4.extract_lane(at, 0));
  v = v128.load32_lane(terms + i32x4.extract_lane(at, 1), v, 1);
  v = v128.load32_lane(terms + i32x4.extract_lane(at, 2), v, 2);
  return v128.load32_lane(terms + i32x4.extract_lane(at, 3), v, 3);
}

/** A function of two bytes, broadcast: of their terms, requantised. */
export function combine(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Combination>(params);
  const result = changetype<Result>(params + offsetof<Combination>());
  const parts = (p.inner + SOME - 1) / SOME;
  for (let unit = begin; unit < end; unit++) {
    const row = unit / parts;
    const first = (unit % parts) * SOME;
    const outer = row / p.middle;
    const middle = row % p.middle;
    const a = p.a + outer * p.outerA + middle * p.middleA + first * p.innerA;
    const b = p.b + outer * p.outerB + middle * p.middleB + first * p.innerB;
    const count = min(SOME, p.inner - first);
    for (let k = 0; k < count; k += 4) {
      const last = count - 1 - k;
      const v = gather(p.terms, a + k * p.innerA, p.innerA, last, p.flip);
      const w = gather(p.terms + 1024, b + k * p.innerB, p.innerB, last, p.flip);
      let r: v128;
      if (p.kind == 1) {
        r = i32x4.mul(v, w);
      } else if (p.kind < 3) {
        r = i32x4.add(v, w);
        if (p.kind == 2) r = i32x4.mul(r, r);
      } else if (p.kind == 3) {
        r = f32x4.add(v, w);
      } else {
        r = p.kind == 4 ? f32x4.sub(v, w) : f32x4.mul(v, w);
      }
      v128.store(scratch + (k << 2), r);
    }
    requantiseRun(scratch, count, p.terms + 2048, p.y + <usize>row * p.inner + first, result);
  }
}

/** Parameters of kernels on elements one by one. A unit is a part of them. */
@unmanaged
class Elements {
  x: usize;
  /** A table, or the head of a panel. */
  table: usize;
  y: usize;
  count: i32;
  flip: i32;
  zero: i32;
  scale: f32;
}

/** Any function of one byte, which a table of 256 has. */
export function lookup(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<Elements>(params);
  for (let k = begin * SOME; k < min(end * SOME, p.count); k++) {
    store<u8>(p.y + k, load<u8>(p.table + (load<u8>(p.x + k) ^ p.flip)));
  }
}

/** (x − zero)·scale */
export function dequantize(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Elements>(params);
  const scale = f32x4.splat(p.scale);
  for (let unit = begin; unit < end; unit++) {
    const first = unit * SOME;
    const count = min(SOME, p.count - first);
    extend(scratch, p.x + first, count, p.flip, p.zero);
    const y = p.y + (<usize>first << 2);
    let k = 0;
    for (; k + 4 <= count; k += 4) {
      const v = i32x4.extend_low_i16x8_s(v128.load64_zero(scratch + (k << 1)));
      v128.store(y + (k << 2), f32x4.mul(f32x4.convert_i32x4_s(v), scale));
    }
    for (; k < count; k++) store<f32>(y + (k << 2), <f32>load<i16>(scratch + (k << 1)) * p.scale);
  }
}

/** Parameters of `quantize`. A unit is a part of the elements. */
@unmanaged
class Quantization {
  x: usize;
  head: usize;
  y: usize;
  count: i32;
  /** A `Result`. */
  rule: i32;
  zero: i32;
  low: i32;
  high: i32;
  offset: f32;
  /** What NaN is taken for. */
  nan: f32;
}

/** Floats over a scale, or times its inverse, rounded. */
export function quantize(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Quantization>(params);
  const result = changetype<Result>(params + offsetof<Quantization>('rule'));
  const nan = f32x4.splat(p.nan);
  for (let unit = begin; unit < end; unit++) {
    const first = unit * SOME;
    const count = min(SOME, p.count - first);
    memory.copy(scratch, p.x + (<usize>first << 2), count << 2);
    for (let k = 0; k < count; k += 4) {
      const v = v128.load(scratch + (k << 2));
      v128.store(scratch + (k << 2), v128.bitselect(v, nan, f32x4.eq(v, v)));
    }
    requantiseRun(scratch, count, p.head, p.y + first, result);
  }
}
