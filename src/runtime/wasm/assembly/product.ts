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
  /** Matrices `[depth, columns]`, in any order */
  from: usize;
  /** What sums start from, or 0. */
  start: usize;
  /** Factors of columns, or 0. */
  scale: usize;
  /** The first panel; its first row there is to write. */
  to: usize;
  depth: i32;
  columns: i32;
  /** From a matrix to the next, */
  matrixStep: i32;
  /** from a row to the next, */
  rowStep: i32;
  /** from a column to the next, */
  step: i32;
  /** from a start to that of the next column, */
  startStep: i32;
  /** and from a panel to the next. */
  panel: i32;
  /** Columns that a matrix has apart from others in what there is for columns. */
  own: i32;
  /** 1: panels begin with what sums start from. */
  isWhole: i32;
  /** Factors of the elements, and of the starts. */
  alpha: f32;
  beta: f32;
}

/** Right operands as panels, or some of their rows. */
export function pack(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<Pack>(params);
  const panels = (p.columns + COLUMNS - 1) / COLUMNS;
  for (let unit = begin; unit < end; unit++) {
    const matrix = unit / panels;
    const first = (unit % panels) * COLUMNS;
    const count = p.columns - first;
    const place = <usize>(matrix * p.own + first);
    let to = p.to + <usize>unit * p.panel;
    if (p.isWhole) {
      const beta = f32x4.splat(p.beta);
      packRow(to, p.start && p.start + place * p.startStep, p.startStep, count, beta, beta);
      to += 32;
    }
    let low = f32x4.splat(p.alpha);
    let high = low;
    if (p.scale) {
      const scale = p.scale + (place << 2);
      low = f32x4.mul(low, gather(scale, 4, count));
      if (count > 4) high = f32x4.mul(high, gather(scale + 16, 4, count - 4));
    }
    let from = p.from + matrix * p.matrixStep + first * p.step;
    for (let k = 0; k < p.depth; k++) {
      packRow(to, from, p.step, count, low, high);
      to += 32;
      from += p.rowStep;
    }
  }
}

/** Eight columns of a row of a panel, times factors; zeros past the last one, and where there is nothing. */
function packRow(to: usize, from: usize, step: usize, count: i32, low: v128, high: v128): void {
  const zero = f32x4.splat(0);
  v128.store(to, from ? f32x4.mul(low, gather(from, step, count)) : zero);
  v128.store(to, from && count > 4 ? f32x4.mul(high, gather(from + 4 * step, step, count - 4)) : zero, 16);
}
