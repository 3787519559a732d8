/** Convolutions as products of packed weights and patches that are packed on the fly: never a whole matrix of patches. */
import type { Activation } from '../../ir/ops.ts';
import { ceilDiv, product, roundUp } from '../../util/arrays.ts';
import type { PackedOperand, SimdCall, SimdOperand } from '../definition.ts';
import { PANEL } from '../lib/panels.ts';
import { finishOf } from '../lib/activation.ts';

/** A dimension: output o sees the inputs o·stride + k·dilation − pad, and lies at o·place + offset of `whole`. */
export interface ImplicitAxis {
  readonly input: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pad: number;
  readonly output: number;
  readonly place: number;
  readonly offset: number;
  readonly whole: number;
}

/** A convolution of up to three dimensions. */
export interface ImplicitConv {
  readonly x: SimdOperand;
  /** Panels of each group. */
  readonly weights: PackedOperand;
  readonly residual: SimdOperand;
  readonly y: SimdOperand;
  readonly images: number;
  readonly axes: readonly ImplicitAxis[];
  readonly group: number;
  /** Channels of a group: of x, and of y. */
  readonly depth: number;
  readonly columns: number;
  readonly activation: Activation;
}

const NO_AXIS: ImplicitAxis = {
  input: 1,
  taps: 1,
  stride: 1,
  dilation: 1,
  pad: 0,
  output: 1,
  place: 1,
  offset: 0,
  whole: 1,
};

/** Rows of a tile. */
const ROWS = 6;
/** Bytes of the patches of a block, so that they stay in the second cache; and most pixels of one. Each block fetches all weights. */
const BLOCK_BYTES = 2 ** 19;
const MOST_PIXELS = 96;
/** Units that several threads have to share. */
const WANTED_UNITS = 8;

/** The call. */
export function implicitCall(conv: ImplicitConv): SimdCall {
  const { images, group, depth, columns, activation } = conv;
  const axes = [NO_AXIS, NO_AXIS, ...conv.axes].slice(-3);
  const pixels = images * product(axes.map(({ output }) => output));
  const patch = depth * product(axes.map(({ taps }) => taps)) * Float32Array.BYTES_PER_ELEMENT;
  const most = Math.max(ROWS, Math.min(Math.floor(BLOCK_BYTES / (patch + 1)), MOST_PIXELS));
  const blocks = ceilDiv(pixels, most);
  const block = roundUp(ceilDiv(pixels, blocks), ROWS);
  const panels = ceilDiv(columns, PANEL);
  const chunk = ceilDiv(panels, Math.min(panels, ceilDiv(WANTED_UNITS, blocks * group)));
  const isSpread = axes.some(({ output, whole }) => output !== whole);
  const { kind, ...finish } = finishOf(activation);
  const words = [pixels, block, chunk * PANEL, group, depth, columns, isSpread ? 1 : 0];
  return {
    kernel: 'conv/conv',
    operands: [conv.x, conv.weights, conv.residual, conv.y],
    ints: words.concat(
      axes.flatMap((a) => [a.input, a.taps, a.stride, a.dilation, a.pad, a.output, a.place, a.offset, a.whole]),
      kind,
    ),
    ...finish,
    units: ceilDiv(pixels, block) * group * ceilDiv(panels, chunk),
    scratch: roundUp(block * (patch + (columns + 1) * Float32Array.BYTES_PER_ELEMENT), 16),
  };
}
