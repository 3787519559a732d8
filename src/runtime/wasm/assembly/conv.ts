/** Convolutions whose patches are packed on the fly, and transposed ones, which are such convolutions phase by phase. */
import { clear, copy } from './lib/copy';
import { Finish } from './lib/epilogue';
import { COLUMNS, multiply, panelBytes } from './lib/tile';

/**
 * Parameters of `conv`; three axes follow, the innermost last, and `Finish`. A unit is a chunk of a group's columns of a block of
 * output pixels.
 */
@unmanaged
class Conv {
  /** `[N, D, H, W, group·depth]` */
  x: usize;
  /** By group panels, each of 8 floats to start from, then `[taps·depth, 8]`. */
  w: usize;
  /** As y, where outputs lie one behind the other; 0 for none. */
  residual: usize;
  /** `[N, D', H', W', group·columns]` */
  y: usize;
  /** Output pixels of all images. */
  pixels: i32;
  /** Pixels of a block. */
  block: i32;
  /** Columns of a chunk. */
  chunk: i32;
  group: i32;
  /** Input channels of a group. */
  depth: i32;
  /** Output channels of a group. */
  columns: i32;
  /** 1 where outputs do not lie one behind the other: they are computed apart, and written to their places then. */
  spread: i32;
}

/** A dimension: output o sees the inputs o·stride + k·dilation − pad, and lies at o·place + offset of `whole`. */
@unmanaged
class Axis {
  input: i32;
  taps: i32;
  stride: i32;
  dilation: i32;
  pad: i32;
  output: i32;
  place: i32;
  offset: i32;
  whole: i32;
}

/** y = activation(x∗w + start + residual) */
export function conv(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Conv>(params);
  const axes = params + offsetof<Conv>();
  const finish = changetype<Finish>(axes + 3 * offsetof<Axis>());
  const depth = axis(axes, 0).taps * axis(axes, 1).taps * axis(axes, 2).taps * p.depth;
  const pitch = <usize>depth << 2;
  const width = <usize>p.columns << 2;
  const panels = (p.columns + COLUMNS - 1) / COLUMNS;
  const chunks = (p.columns + p.chunk - 1) / p.chunk;
  const places = scratch + pitch * p.block;
  const sums = places + (<usize>p.block << 2);
  const yPitch = p.spread ? width : width * p.group;
  let packed = -1;
  for (let unit = begin; unit < end; unit++) {
    const column = (unit % chunks) * p.chunk;
    const columns = min(p.chunk, p.columns - column);
    const block = unit / chunks;
    const group = block % p.group;
    const first = (block / p.group) * p.block;
    const count = min(p.block, p.pixels - first);
    if (block != packed) pack(p, axes, first, count, p.x + ((<usize>group * p.depth) << 2), scratch, places);
    packed = block;
    const w = p.w + <usize>(panels * group + column / COLUMNS) * panelBytes(depth);
    const offset = width * group + (<usize>column << 2);
    const y = p.spread ? sums : p.y + (<usize>first * yPitch + offset);
    multiply(scratch, pitch, count, w, depth, y, yPitch, columns, p.residual && p.residual - p.y, finish);
    if (!p.spread) continue;
    for (let row = 0; row < count; row++) {
      const place = load<usize>(places + (<usize>row << 2));
      copy(y + <usize>row * yPitch, p.y + (place * (width * p.group) + offset), columns);
    }
  }
}

@inline
function axis(axes: usize, index: usize): Axis {
  return changetype<Axis>(axes + index * offsetof<Axis>());
}

/** Writes the patches of output pixels, one behind the other, and where each pixel lies in y. `x` is a group's first channel. */
function pack(p: Conv, axes: usize, first: i32, count: i32, x: usize, to: usize, places: usize): void {
  const az = axis(axes, 0);
  const ay = axis(axes, 1);
  const ax = axis(axes, 2);
  const pixel = (<usize>p.group * p.depth) << 2;
  // Neighbours of a row lie one behind the other.
  const isRun = p.group == 1 && ax.dilation == 1;
  let ox = first % ax.output;
  first /= ax.output;
  let oy = first % ay.output;
  first /= ay.output;
  let oz = first % az.output;
  let image = first / az.output;
  for (let i = 0; i < count; i++) {
    const x0 = ox * ax.stride - ax.pad;
    const before = min(max(-x0, 0), ax.taps);
    const behind = max(min(ax.input - x0, ax.taps), before);
    for (let kz = 0; kz < az.taps; kz++) {
      const iz = oz * az.stride - az.pad + kz * az.dilation;
      for (let ky = 0; ky < ay.taps; ky++) {
        const iy = oy * ay.stride - ay.pad + ky * ay.dilation;
        if (<u32>iz >= <u32>az.input || <u32>iy >= <u32>ay.input) {
          to = clear(to, ax.taps * p.depth);
          continue;
        }
        const row = x + <usize>((image * az.input + iz) * ay.input + iy) * ax.input * pixel;
        if (isRun) {
          if (before) to = clear(to, before * p.depth);
          to = copy(row + <usize>(x0 + before) * pixel, to, (behind - before) * p.depth);
          if (behind < ax.taps) to = clear(to, (ax.taps - behind) * p.depth);
          continue;
        }
        for (let kx = 0; kx < ax.taps; kx++) {
          const ix = x0 + kx * ax.dilation;
          to = <u32>ix < <u32>ax.input ? copy(row + <usize>ix * pixel, to, p.depth) : clear(to, p.depth);
        }
      }
    }
    if (p.spread) {
      store<i32>(
        places + (<usize>i << 2),
        ((image * az.whole + oz * az.place + az.offset) * ay.whole + oy * ay.place + ay.offset) * ax.whole +
          ox * ax.place + ax.offset,
      );
    }
    if (++ox < ax.output) continue;
    ox = 0;
    if (++oy < ay.output) continue;
    oy = 0;
    if (++oz < az.output) continue;
    oz = 0;
    image++;
  }
}
