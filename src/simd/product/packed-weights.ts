/** Weights in panels of eight columns, as tiles of products take them. */
import { ceilDiv, range } from '../../util/arrays.ts';
import type { PackedOperand } from '../definition.ts';
import { tensorKey } from '../lib/identity.ts';
import { PANEL, PANEL_ROW, type PanelSource } from '../lib/panels.ts';
import { weightParts } from '../lib/weight-parts.ts';

const FLOAT = Float32Array.BYTES_PER_ELEMENT;

/** Constant weights as panels, zeros past the last column of a group. */
export function panels(source: PanelSource): PackedOperand {
  const { weights, start, depth, columns, count = 1, group = 1, taps, alpha = 1, beta = 1 } = source;
  const panel = (depth * (taps?.length ?? 1) + 1) * PANEL_ROW;
  const all = group * ceilDiv(columns, PANEL);
  const { elements, matrixStep, rowStep, step, height, width, length, isApart } = weightParts(source);
  const what = [depth, columns, group, taps, source.isTransposed, alpha, beta, tensorKey(start)];
  return {
    kind: 'packed',
    source: weights,
    key: `panels ${what.join(' ')}`,
    bytes: count * all * panel,
    staged: Math.max(length, start?.data.length ?? 0),
    write: ({ byteOffset: to }, { put, call }) => {
      if (start) {
        const next = start.data.length > 1 ? FLOAT : 0;
        const words = [put(start.data, 0), to, 1, columns, count > 1 ? 0 : columns * next, 0, next, 0, panel];
        call('product/pack', words, [beta], count * all);
      }
      const { data } = elements;
      const steps = [columns * step, rowStep, step].map((n) => n * FLOAT);
      for (let column = 0; column < columns; column += width) {
        for (let row = 0; row < depth; row += height) {
          let from = 0;
          (taps ?? range(count)).forEach((tap, k) => {
            // Where matrices are not outside, all are in the first one's range.
            const within = isApart ? 0 : tap * matrixStep;
            const begin = column * step + row * rowStep + tap * matrixStep - within;
            if (isApart || k === 0) from = put(data.subarray(begin, begin + length), 0);
            const extents = [Math.min(height, depth - row), Math.min(width, columns - column)] as const;
            const first =
              (column / PANEL) * panel + (1 + row) * PANEL_ROW + k * (taps ? depth * PANEL_ROW : all * panel);
            const words = [from + within * FLOAT, to, ...extents, ...steps, first, panel];
            call('product/pack', words, [alpha], group * ceilDiv(extents[1], PANEL));
          });
        }
      }
    },
  };
}
