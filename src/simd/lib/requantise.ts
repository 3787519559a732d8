/** What brings int32 sums to bytes, as `assembly/lib/requantise.ts` reads it. */
import { extremesOf } from '../../core/extremes.ts';
import type { TensorDesc } from '../../core/tensor.ts';
import type { Multipliers } from '../../ir/quantise/multipliers.ts';
import type { Requantised } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { FixedMultiplier } from '../../util/fixed-point.ts';

/** A rule is a sum of these. */
export const REQUANTISE_RULES = {
  /** Sums are integers, which become float32. */
  converted: 1,
  /** They are divided, rather than multiplied. */
  divided: 2,
  /** Ties are away from zero, rather than even. */
  away: 4,
  twice: 8,
  once: 16,
  /** Sums stay as they are. */
  raw: 32,
  /** They are integers that are shifted to the right, ties towards +∞. */
  shifted: 64,
} as const;

const RULES: { readonly [R in Multipliers['rule']]: number } = {
  twice: REQUANTISE_RULES.twice,
  once: REQUANTISE_RULES.once,
  even: REQUANTISE_RULES.converted,
  away: REQUANTISE_RULES.converted + REQUANTISE_RULES.away,
};

/** Columns of a panel, and of what is requantised at a time. */
export const INTEGER_COLUMNS = 8;
/** Words that a panel begins with: for each column a sum to start from, a multiplier, its shift to the left and to the right. */
export const HEAD_WORDS = 4 * INTEGER_COLUMNS;

/** Multiplier and shifts of a column. */
type ColumnWords = readonly [multiplier: number, left: number, right: number];

/** What is multiplied by, and the rule of it. */
export interface Rescaling {
  readonly rule: number;
  readonly words: (column: number) => ColumnWords;
}

/** Sums that stay sums. */
export const RAW_SUMS: Rescaling = { rule: REQUANTISE_RULES.raw, words: () => [0, 0, 0] };

/** The bits of a float32, as an int32. */
export function bitsOf(x: number): number {
  return at(new Int32Array(Float32Array.of(x).buffer), 0);
}

/** A rule's words of its multipliers; nothing where one is no number, or has no room. */
export function rescalingOf(multipliers: Multipliers): Rescaling | undefined {
  const rule = RULES[multipliers.rule];
  if (multipliers.rule === 'twice' || multipliers.rule === 'once') {
    const { values } = multipliers;
    const words = values.map(multipliers.rule === 'twice' ? twiceWords : onceWords);
    const fit = values.every(({ multiplier, shift }) => multiplier >= 0 && multiplier < 2 ** 31 && shift < 32);
    return fit ? { rule, words: (k) => ofColumn(words, k) } : undefined;
  }
  const words = multipliers.values.map((x) => [bitsOf(x), 0, 0] as const);
  return multipliers.values.every(Number.isFinite) ? { rule, words: (k) => ofColumn(words, k) } : undefined;
}

/** The shift to the right as a factor over 2³¹; negative for none. */
function twiceWords({ multiplier, shift }: FixedMultiplier): ColumnWords {
  return [multiplier, 1 << Math.max(0, shift), 1 << (31 - Math.max(0, -shift))];
}

/** The bits that are rounded away. */
function onceWords({ multiplier, shift }: FixedMultiplier): ColumnWords {
  return [multiplier, 0, 31 - shift];
}

function ofColumn<T>(values: readonly T[], column: number): T {
  return at(values, values.length === 1 ? 0 : column);
}

/** The last integers and the first float of a kernel that requantises; nothing where the range is not the type's. */
export function resultWords(
  { rule }: Rescaling,
  { range: [low, high] }: Pick<Requantised, 'range'>,
  { dtype }: TensorDesc,
  zeroPoint: number,
): { readonly ints: readonly number[]; readonly floats: readonly number[] } | undefined {
  const [lowest, highest] = extremesOf(dtype);
  const held = low >= lowest && high <= highest && Number.isInteger(low) && Number.isInteger(high);
  return held ? { ints: [rule, zeroPoint, low - zeroPoint, high - zeroPoint], floats: [0] } : undefined;
}
