/** Products of matrices: convolutions of 1×1, fully connected layers, batches of matrices. */
import { Finish } from './lib/epilogue';
import { COLUMNS, multiply, panelBytes } from './lib/tile';
import { gather, storeUpTo } from './lib/vector';

/**
 * Parameters of `product`. Matrix i of the result is matrix `i / aEach % aCount` times panels `i / wEach % wCount`. A unit is a
 * block of rows of a chunk of panels of one matrix. Steps are bytes.
 */
@unmanaged
class Product {
  /** `[aCount]` matrices */
  a: usize;
  /** `[wCount]` matrices of panels: see tile.ts. */
  w: usize;
  /** `[…, rows, columns]` */
  y: usize;
  /** As y, or 0. */
  residual: usize;
  /** `[aCount, depth]`: factors of the columns of a, or 0. */
  gate: usize;
  rows: i32;
  depth: i32;
  columns: i32;
  aEach: i32;
  aCount: i32;
  wEach: i32;
  wCount: i32;
  /** From a matrix of a to the next, */
  aStep: i32;
  /** from a run of rows to the next, */
  runStep: i32;
  /** from a row to the next, */
  rowStep: i32;
  /** and from an element of a row to the next. */
  step: i32;
  /** Rows of a run, */
  run: i32;
  /** of a block, */
  block: i32;
  /** and panels of a chunk. */
  chunk: i32;
  kind: i32;
  alpha: f32;
  beta: f32;
}

/** y = activation(a·w + start + residual). Rows that tiles cannot take as they lie are copied to scratch, `[block, depth]`. */
export function product(params: usize, begin: i32, end: i32, scratch: usize): void {
  const p = changetype<Product>(params);
  const finish = changetype<Finish>(params + offsetof<Product>('kind'));
  const panels = (p.columns + COLUMNS - 1) / COLUMNS;
  const chunks = (panels + p.chunk - 1) / p.chunk;
  const blocks = (p.rows + p.block - 1) / p.block;
  const isCopied = p.gate || p.step != 4 || p.run < p.rows;
  for (let unit = begin; unit < end; unit++) {
    const panel = (unit % chunks) * p.chunk;
    const row = ((unit / chunks) % blocks) * p.block;
    const matrix = unit / chunks / blocks;
    const aMatrix = (matrix / p.aEach) % p.aCount;
    const wMatrix = (matrix / p.wEach) % p.wCount;
    const rows = min(p.block, p.rows - row);
    const a = p.a + aMatrix * p.aStep;
    if (isCopied) copyRows(p, scratch, a, row, rows, p.gate && p.gate + ((<usize>aMatrix * p.depth) << 2));
    multiply(
      isCopied ? scratch : a + row * p.rowStep,
      isCopied ? <usize>p.depth << 2 : p.rowStep,
      rows,
      p.w + <usize>(wMatrix * panels + panel) * panelBytes(p.depth),
      p.depth,
      p.y + ((<usize>(matrix * p.rows + row) * p.columns + panel * COLUMNS) << 2),
      <usize>p.columns << 2,
      min(p.chunk * COLUMNS, p.columns - panel * COLUMNS),
      p.residual && p.residual - p.y,
      finish,
    );
  }
}

/** Rows of a from `first` on, times the gate where there is one, behind each other. */
function copyRows(p: Product, to: usize, a: usize, first: i32, count: i32, gate: usize): void {
  for (let row = first; row < first + count; row++) {
    let from = a + (row / p.run) * p.runStep + (row % p.run) * p.rowStep;
    for (let k = 0; k < p.depth; k += 4) {
      let v = gather(from, p.step, p.depth - k);
      if (gate) v = f32x4.mul(v, gather(gate + (<usize>k << 2), 4, p.depth - k));
      storeUpTo(to + (<usize>k << 2), v, p.depth - k);
      from += 4 * p.step;
    }
    to += <usize>p.depth << 2;
  }
}

/** Parameters of `pack`. A unit is a panel of one matrix. Steps are bytes. */
@unmanaged
class Pack {
  /** Matrices `[depth, columns]`, in any order, or 0 for zeros. */
  from: usize;
  /** Panels */
  to: usize;
  depth: i32;
  columns: i32;
  /** From a matrix to the next, */
  matrixStep: i32;
  /** from a row to the next, */
  rowStep: i32;
  /** from a column to the next, */
  step: i32;
  /** from the begin of a panel to the first of these rows in it, */
  place: i32;
  /** and from a panel to the next. */
  panel: i32;
  /** Factor of all. */
  alpha: f32;
}

/** Rows of panels, zeros past the last column. */
export function pack(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<Pack>(params);
  const panels = (p.columns + COLUMNS - 1) / COLUMNS;
  for (let unit = begin; unit < end; unit++) {
    const matrix = unit / panels;
    const column = (unit % panels) * COLUMNS;
    let to = p.to + <usize>unit * p.panel + p.place;
    for (let i = column; i < column + COLUMNS; i += 4) {
      const count = p.columns - i;
      const isThere = p.from && count > 0;
      const factor = f32x4.splat(p.alpha);
      let from = p.from + matrix * p.matrixStep + i * p.step;
      for (let row: usize = 0; row < <usize>p.depth; row++) {
        v128.store(to + (row << 5), isThere ? f32x4.mul(factor, gather(from, p.step, count)) : f32x4.splat(0));
        from += p.rowStep;
      }
      to += 16;
    }
  }
}
