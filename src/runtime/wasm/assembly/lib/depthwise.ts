/**
 * Convolutions of each channel by itself. A row of the result is made in strips of four neighbours whose sums are in registers, so
 * that what is loaded serves all of them, channels in vectors; what does not lie that well is made pixel by pixel.
 */
import { activateRow } from './activate';
import { clip } from './epilogue';
import { madd } from './vector';
import { addTap, endTap, firstTap, isOn } from './window';

/** Parameters of `depthwise`. A unit is a row of the result. */
@unmanaged
export class Depthwise {
  /** `[N, height, width, channels]` */
  x: usize;
  /** `[kernelHeight, kernelWidth, outChannels]` */
  w: usize;
  /** `[outChannels]`, or 0 */
  bias: usize;
  /** As y, or 0 */
  residual: usize;
  /** `[N, outHeight, outWidth, outChannels]` */
  y: usize;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  outChannels: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  padTop: i32;
  padLeft: i32;
  /** 0: clipped between alpha and beta; else the position among the kinds of activations. */
  kind: i32;
  alpha: f32;
  beta: f32;
}

/** Width of the window that is unrolled: a module has one (packaging/kernels.ts). */
// @ts-ignore: the compiler is given it.
const WIDTH: i32 = UNROLLED;
/** Pixels of a strip. */
const STRIP: i32 = 4;

/** What the pixels of a row have in common. */
@unmanaged
class Row {
  /** The first row of x that counts, and the weights that meet it. */
  x: usize;
  w: usize;
  /** Rows that count. */
  rows: i32;
  /** Bytes to the next of them, of x and of w. */
  xPitch: usize;
  wPitch: usize;
  y: usize;
  /** From y to the residual; 0 where there is none. */
  residual: usize;
  /** What sums are clipped between. */
  low: f32;
  high: f32;
}

/** y = activation(x∗w + bias + residual), of units from `begin` to `end`. */
export function rows(p: Depthwise, begin: i32, end: i32, scratch: usize): void {
  const row = changetype<Row>(scratch);
  const inRow = <usize>(p.width * p.channels) << 2;
  const outRow = <usize>(p.outWidth * p.outChannels) << 2;
  const tapRow = <usize>(p.kernelWidth * p.outChannels) << 2;
  row.xPitch = inRow * p.dilationHeight;
  row.wPitch = tapRow;
  row.residual = p.residual && p.residual - p.y;
  row.low = p.kind ? -Infinity : p.alpha;
  row.high = p.kind ? Infinity : p.beta;
  for (let unit = begin; unit < end; unit++) {
    const image = unit / p.outHeight;
    const top = (unit - image * p.outHeight) * p.strideHeight - p.padTop;
    const first = firstTap(top, p.dilationHeight);
    row.rows = endTap(top, p.dilationHeight, p.kernelHeight, p.height, first) - first;
    row.x = p.x + <usize>(image * p.height + top + first * p.dilationHeight) * inRow;
    row.w = p.w + <usize>first * tapRow;
    row.y = p.y + <usize>unit * outRow;
    strips(p, row);
    if (p.kind) activateRow(row.y, p.outWidth * p.outChannels, p.kind, p.alpha, p.beta);
  }
}

/** A row of results: in strips where the window has the form that is unrolled. */
function strips(p: Depthwise, row: Row): void {
  const stride = p.strideWidth;
  const columns = (STRIP - 1) * stride + WIDTH;
  const unrolled =
    p.kernelWidth == WIDTH &&
    stride <= 2 &&
    p.dilationWidth == 1 &&
    p.outChannels == p.channels &&
    p.channels >= 4 &&
    p.outWidth >= STRIP;
  for (let pixel = 0; pixel < p.outWidth; ) {
    // The last strip ends with the row, and makes some pixels once more.
    const start = min(pixel, p.outWidth - STRIP);
    const left = start * stride - p.padLeft;
    const missing = p.width - left - columns;
    if (!unrolled || left < -(WIDTH >> 1) || missing < -(WIDTH >> 1)) {
      alone(p, row, pixel++);
      continue;
    }
    const from = max(-left, 0);
    const to = columns + min(missing, 0);
    if (stride == 1) by1(p, row, start, left, from, to);
    else by2(p, row, start, left, from, to);
    pixel = start + STRIP;
  }
}

function by1(p: Depthwise, row: Row, start: i32, left: i32, from: i32, to: i32): void {
  strip(p, row, start, left, from, to, WIDTH, 1);
}

function by2(p: Depthwise, row: Row, start: i32, left: i32, from: i32, to: i32): void {
  strip(p, row, start, left, from, to, WIDTH, 2);
}

/**
 * Four pixels from `start` on, whose columns `from` to `to` lie on x, the first of all at `left`; each column is added to the pixels
 * that may see it. The last channels are made once more where they are no multiple of four.
 */
@inline
function strip(p: Depthwise, row: Row, start: i32, left: i32, from: i32, to: i32, kernel: i32, stride: i32): void {
  const columns = (STRIP - 1) * stride + kernel;
  const pixel = <usize>p.channels << 2;
  const xRow = row.x + <usize>left * pixel;
  const yRow = row.y + <usize>start * pixel;
  const low = f32x4.splat(row.low);
  const high = f32x4.splat(row.high);
  for (let c: usize = 0; c < pixel; c += 16) {
    if (c + 16 > pixel) c = pixel - 16;
    let s0 = p.bias ? v128.load(p.bias + c) : f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let x = xRow + c;
    let w = row.w + c;
    for (let r = row.rows; r > 0; r--) {
      const w0 = v128.load(w);
      const w1 = v128.load(w + pixel);
      const w2 = v128.load(w + 2 * pixel);
      const w3 = kernel > 3 ? v128.load(w + 3 * pixel) : w2;
      const w4 = kernel > 3 ? v128.load(w + 4 * pixel) : w2;
      let at = x;
      if (isOn(0, from, to, kernel, columns)) {
        const v = v128.load(at);
        s0 = addTap(0, kernel, v, w0, w1, w2, w3, w4, s0);
      }
      at += pixel;
      if (isOn(1, from, to, kernel, columns)) {
        const v = v128.load(at);
        s0 = addTap(1, kernel, v, w0, w1, w2, w3, w4, s0);
        s1 = addTap(1 - 1 * stride, kernel, v, w0, w1, w2, w3, w4, s1);
      }
      at += pixel;
      if (isOn(2, from, to, kernel, columns)) {
        const v = v128.load(at);
        s0 = addTap(2, kernel, v, w0, w1, w2, w3, w4, s0);
        s1 = addTap(2 - 1 * stride, kernel, v, w0, w1, w2, w3, w4, s1);
        s2 = addTap(2 - 2 * stride, kernel, v, w0, w1, w2, w3, w4, s2);
      }
      at += pixel;
      if (isOn(3, from, to, kernel, columns)) {
        const v = v128.load(at);
        s0 = addTap(3, kernel, v, w0, w1, w2, w3, w4, s0);
        s1 = addTap(3 - 1 * stride, kernel, v, w0, w1, w2, w3, w4, s1);
        s2 = addTap(3 - 2 * stride, kernel, v, w0, w1, w2, w3, w4, s2);
        s3 = addTap(3 - 3 * stride, kernel, v, w0, w1, w2, w3, w4, s3);
      }
      at += pixel;
      if (isOn(4, from, to, kernel, columns)) {
        const v = v128.load(at);
        s0 = addTap(4, kernel, v, w0, w1, w2, w3, w4, s0);
        s1 = addTap(4 - 1 * stride, kernel, v, w0, w1, w2, w3, w4, s1);
        s2 = addTap(4 - 2 * stride, kernel, v, w0, w1, w2, w3, w4, s2);
        s3 = addTap(4 - 3 * stride, kernel, v, w0, w1, w2, w3, w4, s3);
      }
      at += pixel;
      if (isOn(5, from, to, kernel, columns)) {
        const v = v128.load(at);
        s1 = addTap(5 - 1 * stride, kernel, v, w0, w1, w2, w3, w4, s1);
        s2 = addTap(5 - 2 * stride, kernel, v, w0, w1, w2, w3, w4, s2);
        s3 = addTap(5 - 3 * stride, kernel, v, w0, w1, w2, w3, w4, s3);
      }
      at += pixel;
      if (columns > 6 && isOn(6, from, to, kernel, columns)) {
        const v = v128.load(at);
        s1 = addTap(6 - 1 * stride, kernel, v, w0, w1, w2, w3, w4, s1);
        s2 = addTap(6 - 2 * stride, kernel, v, w0, w1, w2, w3, w4, s2);
        s3 = addTap(6 - 3 * stride, kernel, v, w0, w1, w2, w3, w4, s3);
      }
      at += pixel;
      if (columns > 7 && isOn(7, from, to, kernel, columns)) {
        const v = v128.load(at);
        s2 = addTap(7 - 2 * stride, kernel, v, w0, w1, w2, w3, w4, s2);
        s3 = addTap(7 - 3 * stride, kernel, v, w0, w1, w2, w3, w4, s3);
      }
      at += pixel;
      if (columns > 8 && isOn(8, from, to, kernel, columns)) {
        const v = v128.load(at);
        s2 = addTap(8 - 2 * stride, kernel, v, w0, w1, w2, w3, w4, s2);
        s3 = addTap(8 - 3 * stride, kernel, v, w0, w1, w2, w3, w4, s3);
      }
      at += pixel;
      if (columns > 9 && isOn(9, from, to, kernel, columns)) {
        const v = v128.load(at);
        s3 = addTap(9 - 3 * stride, kernel, v, w0, w1, w2, w3, w4, s3);
      }
      at += pixel;
      if (columns > 10 && isOn(10, from, to, kernel, columns)) {
        const v = v128.load(at);
        s3 = addTap(10 - 3 * stride, kernel, v, w0, w1, w2, w3, w4, s3);
      }
      x += row.xPitch;
      w += row.wPitch;
    }
    const y = yRow + c;
    write(y, row.residual, s0, low, high);
    write(y + pixel, row.residual, s1, low, high);
    write(y + 2 * pixel, row.residual, s2, low, high);
    write(y + 3 * pixel, row.residual, s3, low, high);
  }
}

@inline
function write(y: usize, residual: usize, sum: v128, low: v128, high: v128): void {
  v128.store(y, clip(residual ? f32x4.add(sum, v128.load(y + residual)) : sum, low, high));
}

/** One pixel with any window: channels in vectors where each has one result or a multiple of four, else one by one. */
function alone(p: Depthwise, row: Row, pixel: i32): void {
  const dilation = p.dilationWidth;
  const left = pixel * p.strideWidth - p.padLeft;
  const first = firstTap(left, dilation);
  const taps = endTap(left, dilation, p.kernelWidth, p.width, first) - first;
  const multiplier = p.outChannels / p.channels;
  const spreads = multiplier > 1;
  const isWide = spreads ? (multiplier & 3) == 0 : p.channels >= 4;
  const step = isWide ? 4 : 1;
  const xTap = <usize>(dilation * p.channels) << 2;
  const wTap = <usize>p.outChannels << 2;
  const xFirst = row.x + (<usize>((left + first * dilation) * p.channels) << 2);
  const wFirst = row.w + <usize>first * wTap;
  const y = row.y + <usize>pixel * wTap;
  const low = f32x4.splat(row.low);
  const high = f32x4.splat(row.high);
  for (let m = 0; m < p.outChannels; m += step) {
    if (isWide) m = min(m, p.outChannels - 4);
    const c = <usize>m << 2;
    let sum = p.bias ? load(p.bias + c, isWide) : f32x4.splat(0);
    let xRow = xFirst + (<usize>(spreads ? m / multiplier : m) << 2);
    let wRow = wFirst + c;
    for (let r = row.rows; r > 0; r--) {
      let x = xRow;
      let w = wRow;
      for (let t = taps; t > 0; t--) {
        sum = madd(load(x, isWide && !spreads), load(w, isWide), sum);
        x += xTap;
        w += wTap;
      }
      xRow += row.xPitch;
      wRow += row.wPitch;
    }
    if (isWide) {
      write(y + c, row.residual, sum, low, high);
    } else {
      if (row.residual) sum = f32x4.add(sum, v128.load32_splat(y + c + row.residual));
      v128.store32_lane(y + c, clip(sum, low, high), 0);
    }
  }
}

/** Four neighbours, or the first four times. */
@inline
function load(from: usize, isWide: bool): v128 {
  return isWide ? v128.load(from) : v128.load32_splat(from);
}
