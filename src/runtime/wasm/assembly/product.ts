/** Products of matrices: convolutions of 1×1, fully connected layers, batches of matrices. */
import { Finish } from './lib/epilogue';
import { COLUMNS, multiply, panelBytes } from './lib/tile';
import { loadPart, madd, storePart } from './lib/vector';

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
    const from = a + (row / p.run) * p.runStep + (row % p.run) * p.rowStep;
    scaleRow(to, from, p.step, p.depth, gate, 1);
    to += <usize>p.depth << 2;
  }
}

/** to[i] = from[i·step]·factor·gate[i], without a gate where that is 0. */
function scaleRow(to: usize, from: usize, step: usize, count: i32, gate: usize, factor: f32): void {
  const f = f32x4.splat(factor);
  for (; count > 0; count -= 4) {
    const isWhole = count > 3;
    let v: v128;
    if (step == 4) {
      v = isWhole ? v128.load(from) : loadPart(from, count);
    } else {
      v = v128.load32_zero(from);
      if (count > 1) v = v128.load32_lane(from + step, v, 1);
      if (count > 2) v = v128.load32_lane(from + 2 * step, v, 2);
      if (isWhole) v = v128.load32_lane(from + 3 * step, v, 3);
    }
    v = f32x4.mul(v, f);
    if (gate) {
      v = f32x4.mul(v, isWhole ? v128.load(gate) : loadPart(gate, count));
      gate += 16;
    }
    if (isWhole) v128.store(to, v);
    else storePart(to, v, count);
    to += 16;
    from += 4 * step;
  }
}

/** Parameters of `pack`. A unit is a panel of one matrix. Steps are bytes. */
@unmanaged
class Pack {
  /** `[count, depth, columns]`, in any order of the last two */
  from: usize;
  /** What sums start from, or 0. */
  start: usize;
  /** `[count]` matrices of panels */
  to: usize;
  depth: i32;
  columns: i32;
  /** From a row to the next, */
  rowStep: i32;
  /** from a column to the next, */
  step: i32;
  /** and from a start to that of the next column. */
  startStep: i32;
  /** Factors of the elements, and of the starts. */
  alpha: f32;
  beta: f32;
}

/** Computed right operands as panels. */
export function pack(params: usize, begin: i32, end: i32, _scratch: usize): void {
  const p = changetype<Pack>(params);
  const panels = (p.columns + COLUMNS - 1) / COLUMNS;
  const bytes = panelBytes(p.depth);
  for (let unit = begin; unit < end; unit++) {
    const column = (unit % panels) * COLUMNS;
    const count = min(COLUMNS, p.columns - column);
    let to = p.to + <usize>unit * bytes;
    memory.fill(to, 0, bytes);
    if (p.start) scaleRow(to, p.start + column * p.startStep, p.startStep, count, 0, p.beta);
    let from = p.from + ((<usize>(unit / panels) * p.depth * p.columns) << 2) + column * p.step;
    for (let k = 0; k < p.depth; k++) {
      to += 32;
      scaleRow(to, from, p.step, count, 0, p.alpha);
      from += p.rowStep;
    }
  }
}
