/** Weights of products of 8-bit integers, as kernels read them: words of four along the summed dimension, and constants. */
import { tensorOf } from '../../core/tensor.ts';
import type { Multipliers } from '../../ir/quantise/multipliers.ts';
import { at, ceilDiv, range } from '../../util/arrays.ts';
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

/** The operands made of them, and what a kernel must know of them. */
export interface PackedWeights {
  readonly words: CallOperand;
  readonly channels: CallOperand;
  /** For each tap the sum of each channel's weights, in the order of `channels`. */
  readonly tapSums: Int32Array;
  readonly zeroPoints: boolean;
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

/**
 * Packs weights. `padded`: sums run over all taps, of which those outside are the zero point of x; otherwise a kernel takes
 * `tapSums` for the taps it visits.
 */
export function packWeights(spec: WeightSpec, padded: boolean): PackedWeights {
  const { weight, taps, group, groupIn, groupOut, unsigned, multipliers } = spec;
  const [words, groupBlocks] = [ceilDiv(groupIn, 4), ceilDiv(groupOut, 4)];
  const blocks = group * groupBlocks;
  const moved = { x: unsigned.x ? 128 : 0, w: unsigned.w ? 128 : 0 };
  const zx = spec.xZeroPoint - moved.x;
  const zeroPointOf = (m: number): number => at(spec.wZeroPoints, spec.wZeroPoints.length === 1 ? 0 : m) - moved.w;
  const packed = new Uint8Array(taps * words * blocks * 16);
  const tapSums = new Int32Array(taps * blocks * 4);
  const channels = new Int32Array(blocks * 16);
  for (const m of range(group * groupOut)) {
    const g = Math.floor(m / groupOut);
    const entry = g * groupBlocks * 4 + (m % groupOut);
    for (let tap = 0; tap < taps; tap++) {
      let sum = 0;
      for (let c = 0; c < groupIn; c++) {
        const v = weight(tap, c, m) - moved.w;
        sum += v;
        packed[((tap * words + (c >> 2)) * blocks * 4 + entry) * 4 + (c & 3)] = v;
      }
      tapSums[tap * blocks * 4 + entry] = sum;
    }
    const total = range(taps).reduce((sum, tap) => sum + at(tapSums, tap * blocks * 4 + entry), 0);
    const zw = zeroPointOf(m);
    const constant = padded ? taps * groupIn * zx * zw - zx * total : 0;
    channels.set([(spec.bias?.[m] ?? 0) + constant, ...multiplierAt(multipliers, m), zw], entry * 4);
  }
  const tail = groupIn % 4 === 0 ? ONES : ONES & (2 ** (8 * (groupIn % 4)) - 1);
  return {
    words: { kind: 'constant', tensor: tensorOf('uint32', [packed.length / 4], new Uint32Array(packed.buffer)) },
    channels: { kind: 'constant', tensor: tensorOf('int32', [channels.length], channels) },
    tapSums,
    zeroPoints: range(group * groupOut).some((m) => zeroPointOf(m) !== 0),
    params: {
      group_in: groupIn,
      group_out: groupOut,
      words,
      blocks,
      group_blocks: groupBlocks,
      pad_word: Math.imul(zx & 255, ONES) >>> 0,
      tail,
    },
  };
}
