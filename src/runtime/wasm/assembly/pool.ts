/** Pools of windows of floats: global ones have a window as large as the map. */
import { PoolWindow } from './lib/pool-window';
import { endTap, firstTap } from './lib/window';

/** Elements that are added before their sum is added to others: each addition rounds to a share of the sum so far. */
const PART: i32 = 128;

/** What windows of a row have in common, and the one at hand. */
@unmanaged
class Taps {
  rows: i32;
  columns: i32;
  /** Bytes from a tap to the next, of a column and of a row. */
  rowPitch: usize;
  pitch: usize;
}

/** y = the mean, or the largest, of each window */
export function pool(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<PoolWindow>(params);
  const taps = changetype<Taps>(scratch);
  const inRow = <usize>p.width * p.pixel;
  const blocks = (p.pixel + p.block - 1) / p.block;
  taps.rowPitch = inRow * p.dilationHeight;
  taps.pitch = <usize>p.pixel * p.dilationWidth;
  for (let unit = begin; unit < end; unit++) {
    const row = unit / blocks;
    const channel = (unit - row * blocks) * p.block;
    const image = row / p.outHeight;
    const top = (row - image * p.outHeight) * p.strideHeight - p.padTop;
    const firstRow = firstTap(top, p.dilationHeight);
    taps.rows = endTap(top, p.dilationHeight, p.kernelHeight, p.height, firstRow) - firstRow;
    const counted = p.countedHeight ? endTap(top, p.dilationHeight, p.kernelHeight, p.countedHeight, 0) : taps.rows;
    const x = p.x + <usize>(image * p.height + top + firstRow * p.dilationHeight) * inRow + channel;
    let y = p.y + <usize>row * p.outWidth * p.pixel + channel;
    const bytes = min(p.block, p.pixel - channel);
    for (let column = 0; column < p.outWidth; column++) {
      const left = column * p.strideWidth - p.padLeft;
      const first = firstTap(left, p.dilationWidth);
      taps.columns = endTap(left, p.dilationWidth, p.kernelWidth, p.width, first) - first;
      const across = p.countedWidth ? endTap(left, p.dilationWidth, p.kernelWidth, p.countedWidth, 0) : taps.columns;
      const from = x + <usize>(left + first * p.dilationWidth) * p.pixel;
      fold(taps, from, y, bytes, !p.kind, counted * across);
      y += p.pixel;
    }
  }
}

/** Folds a window: 16 channels at once, the last of them once more where they are no multiple, or one by one where there are fewer. */
function fold(taps: Taps, from: usize, to: usize, bytes: i32, isMean: bool, count: i32): void {
  const start = f32x4.splat(isMean ? 0 : -Infinity);
  const divisor = f32x4.splat(<f32>max(1, count));
  const isWide = bytes >= 64;
  for (let c = 0; c < bytes; c += isWide ? 64 : 4) {
    if (isWide) c = min(c, bytes - 64);
    let s0 = start, s1 = start, s2 = start, s3 = start;
    let row = from + c;
    for (let r = taps.rows; r > 0; r--) {
      let x = row;
      for (let left = taps.columns; left > 0; left -= PART) {
        let a0 = start, a1 = start, a2 = start, a3 = start;
        for (let t = min(left, PART); t > 0; t--) {
          let v0: v128, v1 = start, v2 = start, v3 = start;
          if (isWide) {
            v0 = v128.load(x);
            v1 = v128.load(x, 16);
            v2 = v128.load(x, 32);
            v3 = v128.load(x, 48);
          } else v0 = v128.load32_splat(x);
          x += taps.pitch;
          if (isMean) {
            a0 = f32x4.add(a0, v0);
            a1 = f32x4.add(a1, v1);
            a2 = f32x4.add(a2, v2);
            a3 = f32x4.add(a3, v3);
          } else {
            a0 = f32x4.max(a0, v0);
            a1 = f32x4.max(a1, v1);
            a2 = f32x4.max(a2, v2);
            a3 = f32x4.max(a3, v3);
          }
        }
        if (isMean) {
          s0 = f32x4.add(s0, a0);
          s1 = f32x4.add(s1, a1);
          s2 = f32x4.add(s2, a2);
          s3 = f32x4.add(s3, a3);
        } else {
          s0 = f32x4.max(s0, a0);
          s1 = f32x4.max(s1, a1);
          s2 = f32x4.max(s2, a2);
          s3 = f32x4.max(s3, a3);
        }
      }
      row += taps.rowPitch;
    }
    if (isMean) {
      s0 = f32x4.div(s0, divisor);
      s1 = f32x4.div(s1, divisor);
      s2 = f32x4.div(s2, divisor);
      s3 = f32x4.div(s3, divisor);
    }
    const y = to + c;
    if (!isWide) {
      v128.store32_lane(y, s0, 0);
      continue;
    }
    v128.store(y, s0);
    v128.store(y, s1, 16);
    v128.store(y, s2, 32);
    v128.store(y, s3, 48);
  }
}
