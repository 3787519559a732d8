/** Weights of products of 8-bit integers, as kernels read them: four to a word, and a constant of each channel. */
import { tensorOf, type Tensor } from '../../core/tensor.ts';
import type { Multipliers } from '../../ir/quantise/multipliers.ts';
import { at, ceilDiv, product, range } from '../../util/arrays.ts';
import type { CallOperand } from '../definition.ts';
import { multiplierAt } from './quantised.ts';

/** Integers w[tap][c][m] of a grouped product, and what its operands are quantised by. */
export interface WeightSpec {
  readonly weight: (tap: number, c: number, m: number) => number;
  readonly taps: number;
  readonly group: number;
  /** Channels of one group. */
  readonly groupIn: number;
  readonly groupOut: number;
  /** Whether the integers are unsigned: then they are moved by −128, and their zero points with them. */
  readonly unsigned: { readonly x: boolean; readonly w: boolean };
  readonly xZeroPoint: number;
  /** One, or one for each of the output's channels. */
  readonly wZeroPoints: ArrayLike<number>;
  readonly bias: ArrayLike<number> | undefined;
  readonly multipliers: Multipliers;
}

/** Integers of a product, and how it is grouped. */
export type ProductElements = Pick<WeightSpec, 'weight' | 'taps' | 'group' | 'groupIn' | 'groupOut'>;

/** Those of a kernel `[…K, C/group, M]`. */
export function kernelElements({ data, shape }: Tensor, group: number): ProductElements {
  const [groupIn, outC] = [at(shape, shape.length - 2), at(shape, shape.length - 1)];
  return {
    weight: (tap, c, m) => at(data, (tap * groupIn + c) * outC + m),
    taps: product(shape.slice(0, -2)),
    group,
    groupIn,
    groupOut: outC / group,
  };
}

/** Those of a matrix `[depth, columns]`, or transposed. */
export function matrixElements(
  { data }: Tensor,
  { depth, columns, transB }: { readonly depth: number; readonly columns: number; readonly transB: boolean },
): ProductElements {
  return {
    weight: (_, k, column) => at(data, transB ? column * depth + k : k * columns + column),
    taps: 1,
    group: 1,
    groupIn: depth,
    groupOut: columns,
  };
}

/** The operands made of them, and what a kernel must know of them. */
export interface PackedWeights {
  readonly words: CallOperand;
  readonly channels: CallOperand;
  /** For each tap the sum of each channel's weights, in the order of `channels`. */
  readonly tapSums: Int32Array;
  readonly zeroPoints: boolean;
  /** How sums are rescaled. */
  readonly rule: Multipliers['rule'];
  /** Sums of products lie within 2²⁴ whatever x is, with constants and without: they are exact in float32. */
  readonly small: boolean;
  readonly params: {
    readonly group_in: number;
    readonly group_out: number;
    readonly words: number;
    readonly blocks: number;
    readonly group_blocks: number;
    readonly pad_word: number;
    readonly tail: number;
  };
}

const ONES = 0x01010101;

/** Integers of this size and below are exact in float32. */
const EXACT = 2 ** 24;

/** Where words have what of the weights: which byte, and which entry of `channels` an output channel has. */
interface Layout {
  /** Words along the summed channels; blocks of four output channels, and those of one group. */
  readonly words: number;
  readonly blocks: number;
  readonly groupBlocks: number;
  readonly length: number;
  byte(tap: number, c: number, m: number): number;
  entry(m: number): number;
}

/** Words of four summed channels, filled up with zeros, as are the blocks of each group. */
function byInputs({ taps, group, groupIn, groupOut }: WeightSpec): Layout {
  const [words, groupBlocks] = [ceilDiv(groupIn, 4), ceilDiv(groupOut, 4)];
  const blocks = group * groupBlocks;
  const entry = (m: number): number => Math.floor(m / groupOut) * groupBlocks * 4 + (m % groupOut);
  return {
    words,
    blocks,
    groupBlocks,
    length: taps * words * blocks * 16,
    byte: (tap, c, m) => ((tap * words + (c >> 2)) * blocks * 4 + entry(m)) * 4 + (c & 3),
    entry,
  };
}

/** Words of four output channels, of products that sum over taps alone. */
function byOutputs({ taps, group, groupOut }: WeightSpec): Layout {
  const blocks = ceilDiv(group * groupOut, 4);
  return {
    words: 1,
    blocks,
    groupBlocks: blocks,
    length: taps * blocks * 4,
    byte: (tap, _, m) => tap * blocks * 4 + m,
    entry: (m) => m,
  };
}

/**
 * Packs weights. `padded`: sums run over all taps, of which those outside are the zero point of x; otherwise a kernel takes
 * `tapSums` for the taps it visits.
 */
export function packWeights(spec: WeightSpec, padded = true): PackedWeights {
  return packedAs(byInputs(spec), spec, { padded, positive: false });
}

/** Packs the weights for a kernel that takes x as unsigned integers: signed ones moved by 128, and their zero point with them. */
export function packForPositive(spec: WeightSpec): PackedWeights {
  return packedAs(byInputs(spec), spec, { padded: true, positive: true });
}

/** Packs the weights of a depthwise convolution, of one input channel a group, four output channels to a word. */
export function packDepthwise(spec: WeightSpec): PackedWeights {
  return packedAs(byOutputs(spec), spec, { padded: true, positive: false });
}

/** How a kernel takes x and its padding. */
interface Taken {
  readonly padded: boolean;
  readonly positive: boolean;
}

function packedAs(layout: Layout, spec: WeightSpec, { padded, positive }: Taken): PackedWeights {
  const { weight, taps, group, groupIn, groupOut, unsigned, multipliers } = spec;
  const { words, blocks } = layout;
  const moved = { x: (unsigned.x ? 128 : 0) - (positive ? 128 : 0), w: unsigned.w ? 128 : 0 };
  const zx = spec.xZeroPoint - moved.x;
  const largest = positive ? 255 : 128;
  const zeroPointOf = (m: number): number => at(spec.wZeroPoints, spec.wZeroPoints.length === 1 ? 0 : m) - moved.w;
  const packed = new Uint8Array(layout.length);
  const tapSums = new Int32Array(taps * blocks * 4);
  const channels = new Int32Array(blocks * 16);
  let most = 0;
  for (const m of range(group * groupOut)) {
    const entry = layout.entry(m);
    let [total, size] = [0, 0];
    for (let tap = 0; tap < taps; tap++) {
      let sum = 0;
      for (let c = 0; c < groupIn; c++) {
        const v = weight(tap, c, m) - moved.w;
        sum += v;
        size += Math.abs(v);
        packed[layout.byte(tap, c, m)] = v;
      }
      tapSums[tap * blocks * 4 + entry] = sum;
      total += sum;
    }
    const zw = zeroPointOf(m);
    const constant = (spec.bias?.[m] ?? 0) + (padded ? taps * groupIn * zx * zw - zx * total : 0);
    most = Math.max(most, largest * (size + taps * groupIn * Math.abs(zw)) + Math.abs(constant));
    channels.set([constant, ...multiplierAt(multipliers, m), zw], entry * 4);
  }
  const tail = groupIn % 4 === 0 ? ONES : ONES & (2 ** (8 * (groupIn % 4)) - 1);
  return {
    words: { kind: 'constant', tensor: tensorOf('uint32', [packed.length / 4], new Uint32Array(packed.buffer)) },
    channels: { kind: 'constant', tensor: tensorOf('int32', [channels.length], channels) },
    tapSums,
    zeroPoints: range(group * groupOut).some((m) => zeroPointOf(m) !== 0),
    rule: multipliers.rule,
    small: most <= EXACT,
    params: {
      group_in: groupIn,
      group_out: groupOut,
      words,
      blocks,
      group_blocks: layout.groupBlocks,
      pad_word: Math.imul(zx & 255, ONES) >>> 0,
      tail,
    },
  };
}
