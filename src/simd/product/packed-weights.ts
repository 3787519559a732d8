/** Weights in panels of eight columns, as tiles of products take them. */
import type { Tensor } from '../../core/tensor.ts';
import { ceilDiv, range } from '../../util/arrays.ts';
import type { PackedOperand } from '../definition.ts';
import { tensorKey } from '../lib/identity.ts';
import { PANEL, weightParts, type WeightMatrices } from '../lib/weight-parts.ts';

/** What panels are made of. */
export interface PanelSource extends WeightMatrices {
  /** Matrices that have panels each. */
  readonly count?: number;
  /** Or elements of a window, whose rows follow each other in the panels of a group: these, in this order. */
  readonly taps?: readonly number[];
  /** Factor of all elements, */
  readonly alpha?: number;
  /** of those of each column, */
  readonly scale?: Tensor | undefined;
  /** what sums start from: an element for each column, or one for all, */
  readonly start?: Tensor | undefined;
  /** and its factor. */
  readonly beta?: number;
}

const FLOAT = Float32Array.BYTES_PER_ELEMENT;
const ROW = PANEL * FLOAT;

/** Bytes of so many matrices as panels: each panel has a row to start from, then its rows. */
export function panelsBytes({ depth, columns, count = 1 }: Pick<PanelSource, 'depth' | 'columns' | 'count'>): number {
  return count * ceilDiv(columns, PANEL) * (depth + 1) * ROW;
}

/** Constant weights as panels, zeros past the last column of a group. */
export function panels(source: PanelSource): PackedOperand {
  const { weights, scale, start, depth, columns, count = 1, group = 1, taps, alpha = 1, beta = 1 } = source;
  const rows = depth * (taps?.length ?? 1);
  const { staged, each } = weightParts(source, taps ?? range(count));
  const matrix = panelsBytes({ depth: rows, columns, count: group });
  const panel = (rows + 1) * ROW;
  const what = [depth, columns, group, taps, source.isTransposed, alpha, beta, tensorKey(scale), tensorKey(start)];
  const head = [start, scale].reduce((sum, t) => sum + (t?.data.length ?? 0), 0);
  return {
    kind: 'packed',
    source: weights,
    key: `panels ${what.join(' ')}`,
    bytes: count * matrix,
    staged: head + staged,
    write: ({ byteOffset }, staging) => {
      const own = group > 1 ? columns : 0;
      if (start) {
        const step = start.data.length === 1 ? 0 : FLOAT;
        const words = [0, staging.put(start.data, 0), 0, byteOffset, 0, columns, 0, 0, 0, step, panel, own, 1];
        staging.call('product/pack', words, [1, beta], (count * matrix) / panel);
      }
      const factors = scale && staging.put(scale.data, head - scale.data.length);
      each(staging, head, (part) => {
        const { step, rowStep } = part;
        const first = byteOffset + part.panel * panel + (part.row + 1) * ROW;
        const scales = factors ? factors + part.column * FLOAT : 0;
        part.addresses.forEach((from, k) => {
          const to = first + k * (taps ? depth * ROW : matrix);
          const steps = [part.columns * step, rowStep, step, 0, panel, own, 0];
          const words = [from, 0, scales, to, part.rows, part.columns, ...steps];
          staging.call('product/pack', words, [alpha, 1], part.panels);
        });
      });
    },
  };
}
