/** Weights of 3×3 at the points of Winograd's F(4×4, 3×3). */
import { at, ceilDiv, range } from '../../util/arrays.ts';
import type { PackedOperand } from '../definition.ts';
import { tensorKey } from '../lib/identity.ts';
import { PANEL, PANEL_ROW, panelsBytes } from '../lib/panels.ts';
import { weightParts } from '../lib/weight-parts.ts';
import type { TapWeights } from './known-weights.ts';

/** Points of a tile. */
export const POINTS = 36;
/** Elements of a window. */
const WINDOW = 9;

const FLOAT = Float32Array.BYTES_PER_ELEMENT;

/** For each point panels as products take them, which start from 0; then the bias, filled up to whole panels. */
export function pointPanels(
  { weights, start }: TapWeights,
  [depth, columns]: readonly [depth: number, columns: number],
): PackedOperand {
  const point = panelsBytes({ depth, columns });
  const panel = panelsBytes({ depth, columns: 1 });
  const { elements, matrixStep, rowStep, step, height, width, length, isApart } = weightParts({
    weights,
    depth,
    columns,
  });
  return {
    kind: 'packed',
    source: weights,
    key: `winograd ${depth}x${columns}${tensorKey(start)}`,
    bytes: POINTS * point + ceilDiv(columns, PANEL) * PANEL * FLOAT,
    staged: (isApart ? WINDOW : 1) * length,
    write: ({ buffer, byteOffset }, { put, call }) => {
      if (start) new Float32Array(buffer, byteOffset + POINTS * point, columns).set(start.data);
      const { data } = elements;
      const steps = [isApart ? length : matrixStep, rowStep, step].map((n) => n * FLOAT);
      for (let column = 0; column < columns; column += width) {
        for (let row = 0; row < depth; row += height) {
          const begin = column * step + row * rowStep;
          const ranges = range(isApart ? WINDOW : 1).map((tap) => {
            const from = begin + tap * matrixStep;
            return put(data.subarray(from, from + length), tap * length);
          });
          const extents = [Math.min(height, depth - row), Math.min(width, columns - column)] as const;
          const first = byteOffset + (column / PANEL) * panel + (1 + row) * PANEL_ROW;
          const words = [at(ranges, 0), first, ...extents, ...steps, panel, point];
          call('winograd/weights', words, [], ceilDiv(extents[1], PANEL));
        }
      }
    },
  };
}
