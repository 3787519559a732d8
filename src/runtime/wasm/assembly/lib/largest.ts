/** Pools of windows of integers: the largest of each. */
import { PoolWindow } from './pool-window';

/** y = the largest of each window */
export function largest(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<PoolWindow>(params);
  const blocks = (p.pixel + p.block - 1) / p.block;
  for (let unit = begin; unit < end; unit++) {
    const row = unit / blocks;
    const channel = (unit - row * blocks) * p.block;
    const bytes = min(p.block, p.pixel - channel);
    const image = row / p.outHeight;
    const top = (row - image * p.outHeight) * p.strideHeight - p.padTop;
    for (let column = 0; column < p.outWidth; column++) {
      const left = column * p.strideWidth - p.padLeft;
      const y = p.y + (<usize>row * p.outWidth + column) * p.pixel + channel;
      fold(y, 0, bytes, p.kind);
      for (let i = 0; i < p.kernelHeight; i++) {
        const inY = top + i * p.dilationHeight;
        for (let j = 0; j < p.kernelWidth; j++) {
          const inX = left + j * p.dilationWidth;
          if (<u32>inY >= <u32>p.height || <u32>inX >= <u32>p.width) continue;
          fold(y, p.x + (<usize>(image * p.height + inY) * p.width + inX) * p.pixel + channel, bytes, p.kind);
        }
      }
    }
  }
}

/** Makes results the larger of themselves and of what lies at `from`, 16 bytes at once, the last one by one; 0: as small as they can be. */
function fold(to: usize, from: usize, bytes: i32, kind: i32): void {
  const size = kind < 4 ? 1 : kind < 6 ? 2 : 4;
  const start = lowest(kind);
  while (bytes > 0) {
    const width = bytes < 16 ? size : 16;
    store(to, from ? larger(kind, load(to, width), load(from, width)) : start, width);
    to += width;
    if (from) from += width;
    bytes -= width;
  }
}

/** What nothing is smaller than. */
function lowest(kind: i32): v128 {
  switch (kind) {
    case 2:
      return i8x16.splat(-0x80);
    case 4:
      return i16x8.splat(-0x8000);
    case 6:
      return i32x4.splat(i32.MIN_VALUE);
    default:
      return i32x4.splat(0);
  }
}

function larger(kind: i32, a: v128, b: v128): v128 {
  switch (kind) {
    case 2:
      return i8x16.max_s(a, b);
    case 3:
      return i8x16.max_u(a, b);
    case 4:
      return i16x8.max_s(a, b);
    case 5:
      return i16x8.max_u(a, b);
    case 6:
      return i32x4.max_s(a, b);
    default:
      return i32x4.max_u(a, b);
  }
}

function load(from: usize, width: i32): v128 {
  if (width == 16) return v128.load(from);
  if (width == 4) return v128.load32_splat(from);
  return width == 2 ? v128.load16_splat(from) : v128.load8_splat(from);
}

function store(to: usize, v: v128, width: i32): void {
  if (width == 16) v128.store(to, v);
  else if (width == 4) v128.store32_lane(to, v, 0);
  else if (width == 2) v128.store16_lane(to, v, 0);
  else v128.store8_lane(to, v, 0);
}
