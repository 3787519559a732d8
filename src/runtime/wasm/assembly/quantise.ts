/** Arithmetic on quantised integers. */
import { COLUMNS, extend, panelBytes, tile } from './lib/integers';
import { bytesOfResult, HEAD, requantise, Result } from './lib/requantise';

/** A window over `[n, inH, inW, inC]` whose results are `[n, outH, outW, …]`. */
@unmanaged
class Window {
  inH: i32;
  inW: i32;
  inC: i32;
  outH: i32;
  outW: i32;
  kernelH: i32;
  kernelW: i32;
  strideH: i32;
  strideW: i32;
  dilationH: i32;
  dilationW: i32;
  padTop: i32;
  padLeft: i32;
  /** What `extend` takes from x. */
  flip: i32;
  zero: i32;
}

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
}

/** What follows the parameters of a kernel with a window. */
@inline
function windowOf<T>(params: usize): Window {
  return changetype<Window>(params + offsetof<T>());
}

/** What follows the window of a kernel. */
@inline
function resultOf(window: Window): Result {
  return changetype<Result>(changetype<usize>(window) + offsetof<Window>());
}

/** One row of patches, as int16: what a pixel sees of the channels of a group. */
function patch(to: usize, p: Convolution, w: Window, row: i32, channel: i32): void {
  const x = row % w.outW;
  const rest = row / w.outW;
  const y = rest % w.outH;
  const image = <usize>(rest / w.outH) * w.inH;
  const tap = <usize>p.groupIn << 1;
  const left = x * w.strideW - w.padLeft;
  // Neighbours that are one run of channels are extended together.
  const together = w.dilationW == 1 && p.groupIn == w.inC;
  for (let i = 0; i < w.kernelH; i++) {
    const inY = y * w.strideH - w.padTop + i * w.dilationH;
    const line = p.x + ((image + inY) * w.inW) * w.inC + channel;
    for (let j = 0; j < w.kernelW; ) {
      const inX = left + j * w.dilationW;
      let count = 1;
      if (<u32>inY >= <u32>w.inH || <u32>inX >= <u32>w.inW) {
        memory.fill(to, 0, tap);
      } else {
        if (together) count = min(w.kernelW - j, w.inW - inX);
        extend(to, line + inX * w.inC, count * p.groupIn, w.flip, w.zero);
      }
      j += count;
      to += tap * count;
    }
  }
  store<i16>(to, 0);
}

/** A convolution, or a product of a matrix: its patches, extended once for all panels of a block, times panels. */
export function convolve(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Convolution>(params);
  const window = windowOf<Convolution>(params);
  const result = resultOf(window);
  const depth = window.kernelH * window.kernelW * p.groupIn;
  const blocks = (p.rows + p.block - 1) / p.block;
  const parts = (p.panels + p.some - 1) / p.some;
  const pitch = ((depth + 8) & -8) << 1;
  const a = scratch + (<usize>p.block << 5);
  const size = bytesOfResult(result);
  for (let unit = begin; unit < end; unit++) {
    const first = (unit % blocks) * p.block;
    const group = unit / blocks / parts;
    const from = ((unit / blocks) % parts) * p.some;
    const rows = min(p.block, p.rows - first);
    for (let row = 0; row < rows; row++) patch(a + row * pitch, p, window, first + row, group * p.groupIn);
    for (let panel = from; panel < min(p.panels, from + p.some); panel++) {
      const w = p.w + <usize>(group * p.panels + panel) * panelBytes(depth);
      for (let row = 0; row < rows; row += 4) tile(a + row * pitch, pitch, w, (depth + 1) >> 1, scratch + (row << 5));
      const column = panel * COLUMNS;
      const y = p.y + (<usize>first * p.outC + group * p.groupOut + column) * size;
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

/** A row of x as int16 with what pads it, `pitch` bytes a pixel; zeros where `from` is none. */
function extendRow(to: usize, from: usize, width: i32, pitch: i32, w: Window): void {
  for (let k = 0; k < width; k++, to += pitch) {
    const x = k - w.padLeft;
    if (from == 0 || <u32>x >= <u32>w.inW) memory.fill(to, 0, pitch);
    else extend(to, from + x * w.inC, w.inC, w.flip, w.zero);
  }
}

/** Sums of eight channels of a row of results. Taps are where their pixels of the first result lie. */
function slide(taps: usize, pairs: i32, step: i32, panel: usize, sums: usize, width: i32): void {
  const s = v128.load(panel);
  const t = v128.load(panel, 16);
  const end = taps + (<usize>pairs << 3);
  let at: usize = 0;
  for (let x = 0; x < width; x++, at += step, sums += 32) {
    let left = s;
    let right = t;
    let w = panel + HEAD;
    for (let tap = taps; tap < end; tap += 8, w += 32) {
      const a = v128.load(load<usize>(tap) + at);
      const b = v128.load(load<usize>(tap, 4) + at);
      const low = v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
      const high = v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
      left = i32x4.add(left, i32x4.dot_i16x8_s(low, v128.load(w)));
      right = i32x4.add(right, i32x4.dot_i16x8_s(high, v128.load(w, 16)));
    }
    v128.store(sums, left);
    v128.store(sums, right, 16);
  }
}

/** A convolution of each channel by itself: rows of x are extended once, into as many slots as a kernel is high. */
export function depthwise(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Depthwise>(params);
  const w = windowOf<Depthwise>(params);
  const result = resultOf(w);
  const taps = w.kernelH * w.kernelW;
  const pitch = ((w.inC + 7) & -8) << 1;
  const slots = (w.kernelH - 1) * w.dilationH + 1;
  const width = (w.outW - 1) * w.strideW + (w.kernelW - 1) * w.dilationW + 1;
  const table = scratch + (<usize>w.outW << 5);
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
