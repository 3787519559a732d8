/** Products of a matrix and packed weights: convolutions of 1×1, fully connected layers. */
import { COLUMNS, ROWS, tile } from './lib/tile';

/** Parameters of `product`. A unit is a panel of columns of a block of rows. */
@unmanaged
class Product {
  /** `[rows, depth]` */
  a: usize;
  /** Panels, each of 8 floats to start from, then `[depth, 8]`. */
  w: usize;
  /** `[rows, columns]` */
  y: usize;
  rows: i32;
  depth: i32;
  columns: i32;
  /** Rows of a block: a multiple of the tile's. */
  block: i32;
  low: f32;
  high: f32;
}

/** y = clip(a·w + start) */
export function product(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<Product>(params);
  const panels = (p.columns + COLUMNS - 1) / COLUMNS;
  const aPitch = <usize>p.depth << 2;
  const yPitch = <usize>p.columns << 2;
  const panelBytes = <usize>(p.depth + 1) << 5;
  for (let unit = begin; unit < end; unit++) {
    const first = (unit / panels) * p.block;
    const panel = unit % panels;
    const last = min(first + p.block, p.rows);
    const columns = min(COLUMNS, p.columns - panel * COLUMNS);
    const w = p.w + <usize>panel * panelBytes;
    const y = p.y + <usize>(panel * COLUMNS) * 4;
    for (let row = first; row < last; row += ROWS) {
      const r = <usize>row;
      tile(p.a + r * aPitch, aPitch, last - row, w + 32, p.depth, w, y + r * yPitch, yPitch, columns, p.low, p.high);
    }
  }
}
