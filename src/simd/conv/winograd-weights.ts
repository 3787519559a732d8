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

/** For each point panels as products take them, which start from 0; then the bias, filled up to whole panels. */
export function pointPanels(
  weights: TapWeights,
  [depth, columns]: readonly [depth: number, columns: number],
): PackedOperand {
  const panel = PANEL * (depth + 1);
  const whole = ceilDiv(columns, PANEL);
  const start = POINTS * whole * panel;
  const count = start + whole * PANEL;
  const write = (to: Uint8Array): void => {
    const floats = new Float32Array(to.buffer, to.byteOffset, count);
    const lines = new Float64Array(3 * LINE * PANEL);
    // Panel by panel, so that what is written goes on at 36 places only.
    for (let first = 0; first < columns; first += PANEL) {
      for (let d = 0; d < depth; d++) {
        evaluateDown(lines, weights, [d * columns, depth * columns], first);
        evaluateAlong(floats, lines, (first / PANEL) * panel + (d + 1) * PANEL, whole * panel);
      }
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

/**
 * Lines `[6, 3, 8]` of one input channel, whose weights begin at `start`, elements of the window `step` apart: of the columns from
 * `first` on, zeros past the last one.
 */
function evaluateDown(
  lines: Float64Array,
  { weights: { data, shape }, scale }: TapWeights,
  [start, step]: readonly [start: number, step: number],
  first: number,
): void {
  const count = Math.min(PANEL, at(shape, 3) - first);
  const six = new Float64Array(LINE);
  lines.fill(0);
  // Millions of elements: plain loops.
  for (let tap = 0; tap < 3; tap++) {
    for (let m = 0; m < count; m++) {
      const i = start + tap * step + first + m;
      const factor = scale?.data[first + m] ?? 1;
      const top = factor * (data[i] ?? 0);
      const middle = factor * (data[i + 3 * step] ?? 0);
      const bottom = factor * (data[i + 6 * step] ?? 0);
      evaluate(six, top, middle, bottom);
      for (let k = 0; k < LINE; k++) lines[(3 * k + tap) * PANEL + m] = six[k] ?? 0;
    }
  }
}

/** Points of these lines, at `start` and every `step` floats on. */
function evaluateAlong(floats: Float32Array, lines: Float64Array, start: number, step: number): void {
  const six = new Float64Array(LINE);
  for (let line = 0; line < LINE; line++) {
    for (let m = 0; m < PANEL; m++) {
      const i = line * 3 * PANEL + m;
      evaluate(six, lines[i] ?? 0, lines[i + PANEL] ?? 0, lines[i + 2 * PANEL] ?? 0);
      const to = start + line * LINE * step + m;
      for (let k = 0; k < LINE; k++) floats[to + k * step] = six[k] ?? 0;
    }
  }
}

/** G: the polynomial of three weights at 0, ±√½, ±√2 and ∞, over what that of the pixels has there. */
function evaluate(points: Float64Array, a: number, b: number, c: number): void {
  const near = (2 * a + c) / -3;
  const far = (a + 2 * c) / 6;
  const odd = (b * Math.SQRT2) / 6;
  points[0] = a;
  points[1] = near - 2 * odd;
  points[2] = near + 2 * odd;
  points[3] = far + odd;
  points[4] = far - odd;
  points[5] = c;
}
