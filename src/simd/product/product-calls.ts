/** Calls of the kernels of products: what convolutions of 1×1, Gemm and MatMul have in common. */
import type { Activation, OpKind } from '../../ir/ops.ts';
import { ceilDiv, roundUp } from '../../util/arrays.ts';
import type { SimdCall, SimdContext, SimdOperand } from '../definition.ts';
import { finishOf } from '../lib/activation.ts';
import { floatWeights } from '../lib/constants.ts';
import { furtherWeights } from '../lib/further-weights-part.ts';
import { PANEL, type PanelShape, type RightPanels } from '../lib/panels.ts';
import { panels } from './packed-weights.ts';

const ABSENT: SimdOperand = { kind: 'absent' };
const BYTES = Float32Array.BYTES_PER_ELEMENT;
/** Rows of a tile. */
const TILE = 6;

/** Where the rows of a left operand lie, in elements; `run` of them at `rowStep` from each other, runs at `runStep`. */
export interface RowLayout {
  readonly matrixStep: number;
  readonly run: number;
  readonly runStep: number;
  readonly rowStep: number;
  readonly step: number;
}

/** Which matrix of an operand a matrix of the result takes: `index / each % count`. */
export interface MatrixChoice {
  readonly each: number;
  readonly count: number;
}

/** One matrix for all. */
export const ONE_MATRIX: MatrixChoice = { each: 1, count: 1 };

/** A product of matrices. */
export interface ProductOfMatrices {
  readonly a: SimdOperand;
  /** Panels. */
  readonly w: SimdOperand;
  readonly y: SimdOperand;
  readonly residual?: SimdOperand;
  /** A factor for each element of a row of a, by its matrix. */
  readonly gate?: SimdOperand;
  readonly batch: number;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly aChoice?: MatrixChoice;
  readonly wChoice?: MatrixChoice;
  /** Rows follow each other unless given. */
  readonly layout?: RowLayout;
  readonly activation: Activation;
}

/** The call of a product. */
export function productCall(spec: ProductOfMatrices): SimdCall {
  const { rows, depth, columns, batch, aChoice = ONE_MATRIX, wChoice = ONE_MATRIX } = spec;
  const layout = spec.layout ?? { matrixStep: rows * depth, run: rows, runStep: 0, rowStep: depth, step: 1 };
  const { matrixStep, run, runStep, rowStep, step } = layout;
  const { gate = ABSENT, residual = ABSENT } = spec;
  const isCopied = gate.kind !== 'absent' || step !== 1 || run < rows;
  const { block, chunk } = division(spec, isCopied);
  const { kind, ...finish } = finishOf(spec.activation);
  const steps = [matrixStep, runStep, rowStep, step].map((elements) => elements * BYTES);
  return {
    kernel: 'product/product',
    operands: [spec.a, spec.w, spec.y, residual, gate],
    ints: [
      rows,
      depth,
      columns,
      aChoice.each,
      aChoice.count,
      wChoice.each,
      wChoice.count,
      ...steps,
      run,
      block,
      chunk,
      kind,
    ],
    ...finish,
    units: batch * ceilDiv(rows, block) * ceilDiv(ceilDiv(columns, PANEL), chunk),
    ...(isCopied && { scratch: roundUp(block * depth * BYTES, 16) }),
  };
}

/** Multiply-adds of a unit: some tens of microseconds. */
const UNIT = 500_000;
/** Rows that stay in the second cache while panels pass, */
const LONGEST_BLOCK = 96;
/** and elements of rows that are copied. */
const MOST_COPIED = 2 ** 18;

/** Rows of a block and panels of a chunk: units of some work, and several of them where there is enough. */
function division(
  { rows, depth, columns, batch }: ProductOfMatrices,
  isCopied: boolean,
): { readonly block: number; readonly chunk: number } {
  const longest = isCopied ? Math.min(LONGEST_BLOCK, Math.floor(MOST_COPIED / (depth + 1))) : LONGEST_BLOCK;
  const block = Math.max(1, Math.min(ceilDiv(rows, TILE), Math.floor(longest / TILE))) * TILE;
  const all = ceilDiv(columns, PANEL);
  const wanted = Math.max(1, Math.round(UNIT / (block * (depth + 1) * PANEL)));
  // What is copied is copied for each chunk again.
  const chunk = isCopied && batch * ceilDiv(rows, block) >= 4 ? all : Math.min(all, wanted);
  return { block, chunk };
}

/**
 * Panels of a node's right operand, the second input, and, of one that has a start, of the third. Nothing where the operand is no
 * float, and has no scale that is known.
 */
export function rightPanels<K extends OpKind>(
  context: SimdContext<K>,
  source: PanelShape,
  scaleInput = 3,
  hasStart = true,
): RightPanels | undefined {
  const weights = floatWeights(context, scaleInput, source.isTransposed ? source.depth : 1);
  const start = hasStart ? context.constant(2) : undefined;
  if (weights && (start || !hasStart || !context.inputs[2]))
    return { w: panels({ ...source, weights, start }), calls: [] };
  return context.inputs[scaleInput] ? undefined : furtherWeights.peek()?.computedPanels(context, source, hasStart);
}

/** A left operand that is stored transposed. */
export function transposedRows(rows: number, depth: number): RowLayout {
  return { matrixStep: rows * depth, run: rows, runStep: 0, rowStep: 1, step: rows };
}
