/**
 * Convolutions of 3×3 by Winograd's F(4×4, 3×3) (Lavin & Gray 2016, arXiv:1509.09308): tiles of 6×6 pixels and the weights are
 * evaluated at 36 points, multiplied there, and interpolated to 4×4 results. The points of a line are 0, ±√½, ±√2 and ∞: results
 * are rounded less than with ±1 and ±2. Where a tile holds infinities or NaN, all of its results may be NaN: points are differences.
 */
import { activateRow } from './lib/activate';
import { clear, copy } from './lib/copy';
import { Finish, finishRow } from './lib/epilogue';
import { COLUMNS, multiply, panelBytes } from './lib/tile';
import { gather } from './lib/vector';

/** Parameters of both kernels; `Finish` follows. Tiles are those of all images, row by row. */
@unmanaged
class Winograd {
  /** `[N, H, W, depth]`, depth a multiple of four */
  x: usize;
  /** Points of pixels: `[36, tiles, depth]` */
  v: usize;
  /** Points of weights: 36 times panels of all columns; then the bias of each panel. */
  w: usize;
  /** As y; 0 for none. */
  residual: usize;
  /** `[N, H', W', columns]` */
  y: usize;
  height: i32;
  width: i32;
  depth: i32;
  padTop: i32;
  padLeft: i32;
  outHeight: i32;
  outWidth: i32;
  columns: i32;
  /** The first tile of a call, and how many it has. */
  first: i32;
  tiles: i32;
  /** Tiles of a block. */
  block: i32;
}

const HALF_ROOT: f32 = 0.7071067811865476;
const ROOT: f32 = 1.4142135623730951;
/** Points of a line, and of a tile; bytes of a vector for each. */
const LINE: i32 = 6;
const POINTS: i32 = 36;
const POINTS_BYTES: usize = 576;

/** Parameters of `weights`. A unit is a panel. Steps are bytes. */
@unmanaged
class Weights {
  /** `[3, 3, depth, columns]`, in any order */
  from: usize;
  /** The first row that there is to write, of the first panel of the first point. */
  to: usize;
  depth: i32;
  columns: i32;
  /** From an element of the window to the next, */
  tapStep: i32;
  /** from a row to the next, */
  rowStep: i32;
  /** from a column to the next, */
  step: i32;
  /** from a panel to the next, */
  panel: i32;
  /** and from a point to the next. */
  point: i32;
}

/** Rows of the panels of all points. Nothing is written past the last column's vector. */
export function weights(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Weights>(params);
  for (let unit = begin; unit < end; unit++) {
    for (let column = unit * COLUMNS; column < min((unit + 1) * COLUMNS, p.columns); column += 4) {
      const count = p.columns - column;
      let from = p.from + column * p.step;
      let to = p.to + unit * p.panel + (<usize>(column & 4) << 2);
      for (let row = 0; row < p.depth; row++) {
        let tap = from;
        for (let k = 0; k < 9; k++) {
          v128.store(scratch + (k << 4), gather(tap, p.step, count));
          tap += p.tapStep;
        }
        for (let k: usize = 0; k < 3; k++) evaluateWeights(scratch + k * 16, 48, scratch + 144 + k * 16, 48);
        for (let k: usize = 0; k < <usize>LINE; k++) {
          evaluateWeights(scratch + 144 + k * 48, 16, to + k * LINE * p.point, p.point);
        }
        from += p.rowStep;
        to += 32;
      }
    }
  }
}

/** The six points of a line of weights: Gg, the polynomial that they are there, over what that of the pixels has. */
function evaluateWeights(from: usize, pitch: usize, to: usize, toPitch: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + pitch);
  const c = v128.load(from + 2 * pitch);
  v128.store(to, a);
  const near = f32x4.mul(f32x4.splat(-0.3333333333333333), f32x4.add(f32x4.add(a, a), c));
  const far = f32x4.mul(f32x4.splat(0.16666666666666666), f32x4.add(f32x4.add(c, c), a));
  const odd = f32x4.mul(f32x4.splat(0.23570226039551584), b);
  const twice = f32x4.add(odd, odd);
  v128.store(to + toPitch, f32x4.sub(near, twice));
  v128.store(to + 2 * toPitch, f32x4.add(near, twice));
  v128.store(to + 3 * toPitch, f32x4.add(far, odd));
  v128.store(to + 4 * toPitch, f32x4.sub(far, odd));
  v128.store(to + 5 * toPitch, c);
}

/** v = the points of pixels. A unit is a tile. */
export function pixels(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Winograd>(params);
  const pixel = <usize>p.depth << 2;
  const point = pixel * p.tiles;
  const patch = scratch + POINTS_BYTES;
  for (let unit = begin; unit < end; unit++) {
    const across = (p.outWidth + 3) >> 2;
    const row = (p.first + unit) / across;
    const down = (p.outHeight + 3) >> 2;
    const top = (row % down) * 4 - p.padTop;
    const left = ((p.first + unit) % across) * 4 - p.padLeft;
    const image = (row / down) * p.height;
    let from = p.x + <usize>((image + top) * p.width + left) * pixel;
    let pitch = pixel * p.width;
    if (top < 0 || left < 0 || top + LINE > p.height || left + LINE > p.width) {
      let to = patch;
      for (let k = 0; k < POINTS; k++) {
        const iy = top + k / LINE;
        const ix = left + k % LINE;
        const isInside = <u32>iy < <u32>p.height && <u32>ix < <u32>p.width;
        to = isInside ? copy(p.x + <usize>((image + iy) * p.width + ix) * pixel, to, p.depth) : clear(to, p.depth);
      }
      from = patch;
      pitch = pixel * LINE;
    }
    let to = p.v + pixel * unit;
    for (let channel = 0; channel < p.depth; channel += 4) {
      for (let k: usize = 0; k < <usize>LINE; k++) evaluate(from + k * pixel, pitch, scratch + k * 16, 96);
      for (let k: usize = 0; k < <usize>LINE; k++) evaluate(scratch + k * 96, 16, to + k * LINE * point, point);
      from += 16;
      to += 16;
    }
  }
}

/** The six points of a line of pixels: Bᵀd. */
function evaluate(from: usize, pitch: usize, to: usize, toPitch: usize): void {
  const d0 = v128.load(from);
  const d1 = v128.load(from + pitch);
  const d2 = v128.load(from + 2 * pitch);
  const d3 = v128.load(from + 3 * pitch);
  const d4 = v128.load(from + 4 * pitch);
  const d5 = v128.load(from + 5 * pitch);
  const small = f32x4.splat(HALF_ROOT);
  const large = f32x4.splat(ROOT);
  const both = f32x4.splat(2.5);
  v128.store(to, f32x4.add(f32x4.sub(d0, f32x4.mul(both, d2)), d4));
  let even = f32x4.sub(d4, f32x4.add(d2, d2));
  let odd = f32x4.sub(f32x4.mul(small, d3), f32x4.mul(large, d1));
  v128.store(to + toPitch, f32x4.add(even, odd));
  v128.store(to + 2 * toPitch, f32x4.sub(even, odd));
  even = f32x4.sub(d4, f32x4.mul(f32x4.splat(0.5), d2));
  odd = f32x4.sub(f32x4.mul(large, d3), f32x4.mul(small, d1));
  v128.store(to + 3 * toPitch, f32x4.add(even, odd));
  v128.store(to + 4 * toPitch, f32x4.sub(even, odd));
  v128.store(to + 5 * toPitch, f32x4.add(f32x4.sub(d1, f32x4.mul(both, d3)), d5));
}

/** y = activation(results of v·w + bias + residual). A unit is eight columns of a block of tiles. */
export function results(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Winograd>(params);
  const finish = changetype<Finish>(params + offsetof<Winograd>());
  const panels = (p.columns + COLUMNS - 1) / COLUMNS;
  const pitch = <usize>p.depth << 2;
  const panel = panelBytes(p.depth);
  const sums = scratch + 1024;
  const plain = changetype<Finish>(sums + <usize>POINTS * (<usize>p.block << 5));
  plain.kind = 0;
  plain.alpha = -Infinity;
  plain.beta = Infinity;
  for (let unit = begin; unit < end; unit++) {
    const column = unit % panels;
    const first = (unit / panels) * p.block;
    const count = min(p.block, p.tiles - first);
    for (let k = 0; k < POINTS; k++) {
      multiply(
        p.v + <usize>(k * p.tiles + first) * pitch, pitch, count, p.w + <usize>(k * panels + column) * panel, p.depth,
        sums + (<usize>(k * count) << 5), 32, COLUMNS, 0, plain,
      );
    }
    const bias = p.w + <usize>(POINTS * panels) * panel + (<usize>column << 5);
    for (let tile = 0; tile < count; tile++) {
      const from = sums + (<usize>tile << 5);
      const point = <usize>count << 5;
      for (let half: usize = 0; half < 32; half += 16) {
        for (let k: usize = 0; k < <usize>LINE; k++) {
          interpolate(from + half + k * point, point * LINE, scratch + 512 + k * 16, 96);
        }
        for (let k: usize = 0; k < 4; k++) interpolate(scratch + 512 + k * 96, 16, scratch + half + k * 128, 32);
      }
      writeTile(p, finish, first + tile, column * COLUMNS, bias, scratch);
    }
  }
}

/** The four results of a line of points: Aᵀm. */
function interpolate(from: usize, pitch: usize, to: usize, toPitch: usize): void {
  const m1 = v128.load(from + pitch);
  const m2 = v128.load(from + 2 * pitch);
  const m3 = v128.load(from + 3 * pitch);
  const m4 = v128.load(from + 4 * pitch);
  const small = f32x4.splat(HALF_ROOT);
  const large = f32x4.splat(ROOT);
  let near = f32x4.add(m1, m2);
  let far = f32x4.add(m3, m4);
  v128.store(to, f32x4.add(v128.load(from), f32x4.add(near, far)));
  v128.store(to + 2 * toPitch, f32x4.add(f32x4.mul(f32x4.splat(0.5), near), f32x4.add(far, far)));
  near = f32x4.mul(small, f32x4.sub(m1, m2));
  far = f32x4.mul(large, f32x4.sub(m3, m4));
  v128.store(to + toPitch, f32x4.add(near, far));
  far = f32x4.add(f32x4.add(far, far), v128.load(from + 5 * pitch));
  v128.store(to + 3 * toPitch, f32x4.add(f32x4.mul(f32x4.splat(0.5), near), far));
}

/** Finishes and writes those of 4×4 results that are in y, eight columns each. */
function writeTile(p: Winograd, finish: Finish, tile: i32, column: i32, bias: usize, from: usize): void {
  const across = (p.outWidth + 3) >> 2;
  const down = (p.outHeight + 3) >> 2;
  const row = (p.first + tile) / across;
  const top = (row % down) * 4;
  const left = ((p.first + tile) % across) * 4;
  const residual = p.residual ? p.residual - p.y : 0;
  for (let k = 0; k < 16; k++) {
    const oy = top + (k >> 2);
    const ox = left + (k & 3);
    if (oy < p.outHeight && ox < p.outWidth) {
      const place = ((row / down) * p.outHeight + oy) * p.outWidth + ox;
      const y = p.y + (<usize>(place * p.columns + column) << 2);
      const count = min(COLUMNS, p.columns - column);
      finishRow(
        y, f32x4.add(v128.load(from), v128.load(bias)), f32x4.add(v128.load(from, 16), v128.load(bias, 16)),
        count, residual, finish.low, finish.high,
      );
      if (finish.kind) activateRow(y, count, finish.kind, finish.alpha, finish.beta);
    }
    from += 32;
  }
}
