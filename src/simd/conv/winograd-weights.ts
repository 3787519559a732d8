/** Weights of 3×3 at the points of Winograd's F(4×4, 3×3). */
import { at, ceilDiv } from '../../util/arrays.ts';
import type { PackedOperand } from '../definition.ts';
import { tensorKey } from '../lib/identity.ts';
import { PANEL } from '../product/packed-weights.ts';
import type { TapWeights } from './tap-panels.ts';

/** Points of a line. */
const LINE = 6;
/** Points of a tile. */
export const POINTS = LINE ** 2;

/** G: the polynomial of three weights at 0, ±√½, ±√2 and ∞, over what that of the pixels has there. */
const MATRIX: readonly (readonly [number, number, number])[] = [
  [1, 0, 0],
  [-2 / 3, -Math.SQRT2 / 3, -1 / 3],
  [-2 / 3, Math.SQRT2 / 3, -1 / 3],
  [1 / 6, Math.SQRT2 / 6, 1 / 3],
  [1 / 6, -Math.SQRT2 / 6, 1 / 3],
  [0, 0, 1],
];

/** For each point panels as products take them, which start from 0; then the bias, filled up to whole panels. */
export function pointPanels(
  weights: TapWeights,
  [depth, columns]: readonly [depth: number, columns: number],
): PackedOperand {
  const start = POINTS * ceilDiv(columns, PANEL) * PANEL * (depth + 1);
  const count = start + ceilDiv(columns, PANEL) * PANEL;
  const write = (to: Uint8Array): void => {
    const floats = new Float32Array(to.buffer, to.byteOffset, count);
    const { data } = weights.weights;
    const factors = weights.scale?.data ?? new Float32Array(columns).fill(1);
    const lines = new Float64Array(3 * LINE * columns);
    for (let d = 0; d < depth; d++) {
      evaluateDown(lines, data, factors, [d * columns, depth * columns]);
      evaluateAlong(floats, lines, [(d + 1) * PANEL, (depth + 1) * PANEL]);
    }
    if (weights.bias) floats.set(weights.bias.data, start);
  };
  return {
    kind: 'packed',
    source: weights.weights,
    key: `winograd ${depth}x${columns}${tensorKey(weights.bias)}${tensorKey(weights.scale)}`,
    bytes: count * Float32Array.BYTES_PER_ELEMENT,
    write,
  };
}

/** One input channel's lines `[6, 3, columns]`, from weights that begin at `start`, an element of the window `step` behind another. */
function evaluateDown(
  lines: Float64Array,
  data: ArrayLike<number>,
  factors: ArrayLike<number>,
  [start, step]: readonly [number, number],
): void {
  const columns = factors.length;
  for (let k = 0; k < 3 * LINE; k++) {
    const from = start + (k % 3) * step;
    const [a, b, c] = at(MATRIX, Math.floor(k / 3));
    // Millions of elements: plain loops.
    for (let m = 0; m < columns; m++) {
      const i = from + m;
      const sum = a * (data[i] ?? 0) + b * (data[i + 3 * step] ?? 0) + c * (data[i + 6 * step] ?? 0);
      lines[k * columns + m] = sum * (factors[m] ?? 1);
    }
  }
}

/** Points of these lines, into the row that is `start` floats behind the begin of each panel. */
function evaluateAlong(floats: Float32Array, lines: Float64Array, [start, panel]: readonly [number, number]): void {
  const columns = lines.length / (3 * LINE);
  const point = ceilDiv(columns, PANEL) * panel;
  for (let k = 0; k < POINTS; k++) {
    const [a, b, c] = at(MATRIX, k % LINE);
    const from = Math.floor(k / LINE) * 3 * columns;
    let to = k * point + start;
    for (let m = 0; m < columns; m++) {
      const i = from + m;
      floats[to + (m % PANEL)] =
        a * (lines[i] ?? 0) + b * (lines[i + columns] ?? 0) + c * (lines[i + 2 * columns] ?? 0);
      if (m % PANEL === PANEL - 1) to += panel;
    }
  }
}
