/**
 * Bilinear interpolation of integers: which two elements of an axis an output lies between and how far from the first, by each
 * rule.
 */
import { range } from '../../util/arrays.ts';
import type { DType } from '../../core/dtype.ts';
import type { OpAttributes } from '../ops.ts';
import { roundEven } from './multipliers.ts';

/**
 * How four neighbours are blended:
 * - `shifted`: weights of 11 bits, one axis after the other, rounded once at the end, ties towards +∞ (XNNPACK);
 * - `away`: weights of 10 bits, ties away from zero (TensorFlow Lite's reference, int8);
 * - `float`: float32, a half added and the rest cut off (the same, uint8).
 */
export type BlendRule = 'shifted' | 'away' | 'float';

/** One axis: for each output the elements it lies between, and how far from the first in parts of `unit`. */
export interface BlendAxis {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly weights: readonly number[];
}

/** Bits of a weight, where it is an integer. */
const BITS = { shifted: 11, away: 10 };

/** The rule of a resize. */
export function blendRule({ rounding }: OpAttributes['QLinearResize'], dtype: DType): BlendRule {
  if (rounding !== 'tfl-double') return 'shifted';
  return dtype === 'int8' ? 'away' : 'float';
}

/** The table of one axis that grows or shrinks from `input` to `output` elements. */
export function blendAxis(
  rule: BlendRule,
  coordinateMode: OpAttributes['QLinearResize']['coordinateMode'],
  input: number,
  output: number,
): BlendAxis {
  const positions = (rule === 'away' ? fixedPositions : floatPositions)(coordinateMode, input, output);
  const last = input - 1;
  const lower = positions.map((p) => Math.min(last, Math.max(0, Math.floor(p))));
  // The reference counts a weight from the lower element even where the position lies before it.
  return {
    lower,
    upper: positions.map((p) => Math.min(last, Math.max(0, Math.ceil(p)))),
    weights: positions.map((p, i) => {
      const fraction = p - (lower[i] ?? 0);
      return rule === 'float' ? fraction : roundEven(fraction * 2 ** BITS[rule]);
    }),
  };
}

/** Positions on the input in float32. */
function floatPositions(mode: string, input: number, output: number): number[] {
  const f = Math.fround;
  const aligned = mode === 'align_corners' && output > 1;
  const scale = aligned ? f((input - 1) / (output - 1)) : f(input / output);
  return range(output).map((i) => {
    if (mode !== 'half_pixel') return f(i * scale);
    return Math.max(0, f(f(f(i + 0.5) * scale) - 0.5));
  });
}

/** Positions on the input in 1/1024. */
function fixedPositions(mode: string, input: number, output: number): number[] {
  const aligned = mode === 'align_corners' && output > 1;
  const [from, to] = aligned ? [input - 1, output - 1] : [input, output];
  const scale = Math.floor((1024 * from + Math.floor(to / 2)) / to);
  return range(output).map((i) => {
    if (mode !== 'half_pixel') return (i * scale) / 1024;
    return (i * scale + Math.floor(scale / 2) - 512) / 1024;
  });
}

/** Four neighbours blended by weights of the column and of the row. */
export function blend(
  rule: BlendRule,
  [topLeft, topRight, bottomLeft, bottomRight]: readonly [number, number, number, number],
  column: number,
  row: number,
): number {
  if (rule === 'shifted') {
    const top = topLeft * 2048 + (topRight - topLeft) * column;
    const bottom = bottomLeft * 2048 + (bottomRight - bottomLeft) * column;
    return (top * 2048 + (bottom - top) * row + 2 ** 21) >> 22;
  }
  if (rule === 'away') {
    const sum =
      (topLeft * (1024 - row) + bottomLeft * row) * (1024 - column) +
      (topRight * (1024 - row) + bottomRight * row) * column;
    return Math.trunc((sum + (sum > 0 ? 1 : -1) * 2 ** 19) / 2 ** 20);
  }
  const f = Math.fround;
  const term = (v: number, a: number, b: number): number => f(f(v * a) * b);
  const [above, left] = [f(1 - row), f(1 - column)];
  const sum = f(
    f(f(term(topLeft, above, left) + term(bottomLeft, row, left)) + term(topRight, above, column)) +
      term(bottomRight, row, column),
  );
  return Math.trunc(f(sum + 0.5));
}
