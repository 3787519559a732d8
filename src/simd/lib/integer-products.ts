/** Convolutions and matrix products of 8-bit integers as calls of one kernel; those of each channel by itself have another. */
import type { TensorDesc } from '../../core/tensor.ts';
import type { Window } from '../../ir/ops.ts';
import { at, ceilDiv, product, roundUp } from '../../util/arrays.ts';
import type { SimdCall, SimdOperand } from '../definition.ts';
import { INTEGER_COLUMNS } from './requantise.ts';

/** Bytes of rows that are extended to int16 together: what the second cache has room for beside weights. */
const BLOCK_BYTES = 1 << 17;
/** Most rows of a block: a multiple of four, which is what a tile has. */
const MOST_ROWS = 64;
/** Parts that threads have to share, at least, where there is as much work. */
const PARTS = 8;
/** Most bytes of rows that slide. */
const MOST_SLIDING = 1 << 21;

/** A product: operands, window and what is done with sums. */
export interface IntegerProduct {
  readonly x: SimdOperand;
  /** Panels of the weights in so many groups. */
  readonly panels: (group: number) => SimdOperand;
  readonly y: SimdOperand;
  readonly window: IntegerWindow;
  readonly group: number;
  /** Rows in as many batches have panels of their own. */
  readonly batches?: number;
  readonly outC: number;
  readonly result: { readonly ints: readonly number[]; readonly floats: readonly number[] };
}

/** A window over `[images, inH, inW, inC]`, and what is taken from elements. */
export interface IntegerWindow {
  readonly images: number;
  readonly input: readonly [h: number, w: number, c: number];
  readonly output: readonly [h: number, w: number];
  readonly kernel: readonly [h: number, w: number];
  readonly strides: readonly [h: number, w: number];
  readonly dilations: readonly [h: number, w: number];
  readonly pads: readonly [top: number, left: number];
  /** Steps between neighbours of x, with zeros between them. */
  readonly apart?: readonly [h: number, w: number];
  readonly unsigned: boolean;
  readonly zeroPoint: number;
}

/** The window of a node on maps of one or two dimensions; nothing for others. */
export function integerWindow(
  { strides, dilations, pads, padMode }: Window,
  [x, y]: readonly [TensorDesc, TensorDesc],
  kernel: readonly number[],
  zeroPoint: number,
): IntegerWindow | undefined {
  const rank = kernel.length;
  if (rank < 1 || rank > 2 || padMode !== 'explicit') return undefined;
  const planar = (values: readonly number[], fill: number): [number, number] =>
    rank === 1 ? [fill, at(values, 0)] : [at(values, 0), at(values, 1)];
  return {
    images: at(x.shape, 0),
    input: [...planar(x.shape.slice(1), 1), at(x.shape, rank + 1)],
    output: planar(y.shape.slice(1), 1),
    kernel: planar(kernel, 1),
    strides: planar(strides, 1),
    dilations: planar(dilations, 1),
    pads: planar(pads, 0),
    unsigned: x.dtype === 'uint8',
    zeroPoint,
  };
}

/** The window of a matrix `[rows, depth]`. */
export function matrixWindow(rows: number, depth: number, { dtype }: TensorDesc, zeroPoint: number): IntegerWindow {
  const ones = [1, 1] as const;
  return {
    images: 1,
    input: [1, rows, depth],
    output: [1, rows],
    kernel: ones,
    strides: ones,
    dilations: ones,
    pads: [0, 0],
    unsigned: dtype === 'uint8',
    zeroPoint,
  };
}

/** Calls of a product. */
export function integerProduct(given: IntegerProduct): SimdCall[] {
  const { window, group, outC } = given;
  const inC = at(window.input, 2);
  const tail = [...windowWords(window), ...bytesLess(window), ...given.result.ints];
  const sliding = group === inC && outC === inC && group > 1 && !window.apart ? slidingBytes(window) : Infinity;
  return [sliding <= MOST_SLIDING ? depthwiseCall(given, tail, sliding) : convolveCall(given, tail)];
}

/** A window as kernels read it. */
export function windowWords({ input, output, kernel, strides, dilations, pads, apart }: IntegerWindow): number[] {
  return [...input, ...output, ...kernel, ...strides, ...dilations, ...pads, ...(apart ?? [1, 1])];
}

/** What elements are changed by, and what is taken from them then, so that those with a sign and without are the same. */
export function bytesLess({ unsigned, zeroPoint }: Pick<IntegerWindow, 'unsigned' | 'zeroPoint'>): [number, number] {
  return unsigned ? [0, zeroPoint] : [128, zeroPoint + 128];
}

function convolveCall(
  { x, panels, y, window, group, batches, outC, result }: IntegerProduct,
  tail: number[],
): SimdCall {
  const groupIn = at(window.input, 2) / group;
  const groupOut = outC / group;
  const rows = (window.images * product(window.output)) / (batches ?? 1);
  const rowBytes = roundUp(product(window.kernel) * groupIn + 1, 8) * Int16Array.BYTES_PER_ELEMENT;
  const wanted = Math.min(MOST_ROWS, roundUp(rows, 4), Math.floor(BLOCK_BYTES / rowBytes / 4) * 4);
  const block = Math.max(4, wanted);
  const columns = ceilDiv(groupOut, INTEGER_COLUMNS);
  const blocks = ceilDiv(rows, block) * group * (batches ?? 1);
  const some = ceilDiv(columns, Math.min(ceilDiv(columns, INTEGER_COLUMNS), ceilDiv(PARTS, blocks)));
  return {
    kernel: 'quantise/convolve',
    operands: [x, panels(group), y],
    ints: [rows, block, columns, some, groupIn, groupOut, outC, batches === undefined ? 0 : 1, ...tail],
    floats: result.floats,
    units: blocks * ceilDiv(columns, some),
    scratch: block * (rowBytes + INTEGER_COLUMNS * Int32Array.BYTES_PER_ELEMENT),
  };
}

function depthwiseCall({ x, panels, y, window, result }: IntegerProduct, tail: number[], scratch: number): SimdCall {
  const { images, output } = window;
  const band = ceilDiv(output[0], ceilDiv(PARTS, images));
  return {
    kernel: 'quantise/depthwise',
    operands: [x, panels(1), y],
    ints: [images, band, ...tail],
    floats: result.floats,
    units: images * ceilDiv(output[0], band),
    scratch,
  };
}

/** Bytes of the sums of a row, of where its taps lie, and of the rows of x that it sees. */
function slidingBytes({ input, output, kernel, strides, dilations }: IntegerWindow): number {
  const slots = (kernel[0] - 1) * dilations[0] + 1;
  const width = (output[1] - 1) * strides[1] + (kernel[1] - 1) * dilations[1] + 1;
  const words = (output[1] + 1) * INTEGER_COLUMNS + roundUp(product(kernel) + 4, 4);
  const elements = slots * width * roundUp(input[2], INTEGER_COLUMNS);
  return words * Int32Array.BYTES_PER_ELEMENT + elements * Int16Array.BYTES_PER_ELEMENT;
}
