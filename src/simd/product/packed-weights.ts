/** Weights in panels of eight columns, as tiles of products take them. */
import type { Tensor } from '../../core/tensor.ts';
import { ceilDiv } from '../../util/arrays.ts';
import type { PackedOperand } from '../definition.ts';
import { tensorKey } from '../lib/identity.ts';

/** Columns of a panel. */
export const PANEL = 8;

/** What panels are made of. */
export interface PanelSource {
  /** `[count, depth, columns]`, or `[count, columns, depth]` where it is transposed */
  readonly weights: Tensor;
  readonly depth: number;
  readonly columns: number;
  readonly count?: number;
  readonly isTransposed?: boolean;
  /** Factor of all elements, */
  readonly alpha?: number;
  /** of those of each column, */
  readonly scale?: Tensor | undefined;
  /** what sums start from: an element for each column, or one for all, */
  readonly start?: Tensor | undefined;
  /** and its factor. */
  readonly beta?: number;
}

/** Bytes of so many matrices as panels: each panel has a row to start from, then its rows. */
export function panelsBytes({ depth, columns, count = 1 }: Pick<PanelSource, 'depth' | 'columns' | 'count'>): number {
  return count * ceilDiv(columns, PANEL) * PANEL * (depth + 1) * Float32Array.BYTES_PER_ELEMENT;
}

/** Constant weights as panels, zeros past the last column. */
export function panels(source: PanelSource): PackedOperand {
  const { weights, scale, start, depth, columns, isTransposed = false, alpha = 1, beta = 1 } = source;
  const what = [depth, columns, isTransposed, alpha, beta, tensorKey(scale), tensorKey(start)].join(' ');
  return {
    kind: 'packed',
    source: weights,
    key: `panels ${what}`,
    bytes: panelsBytes(source),
    write: (to) => writePanels(new Float32Array(to.buffer, to.byteOffset, panelsBytes(source) >> 2), source),
  };
}

function writePanels(to: Float32Array, source: PanelSource): void {
  const { weights, scale, depth, columns, count = 1, isTransposed = false, alpha = 1 } = source;
  const { data } = weights;
  const [rowStep, step] = isTransposed ? [1, depth] : [columns, 1];
  let out = 0;
  for (let matrix = 0; matrix < count; matrix++) {
    for (let first = 0; first < columns; first += PANEL) {
      const width = Math.min(PANEL, columns - first);
      writeStart(to, out, source, [first, width]);
      const from = matrix * depth * columns + first * step;
      for (let j = 0; j < width; j++) {
        const factor = alpha * (scale?.data[first + j] ?? 1);
        for (let k = 0, at = out + PANEL + j; k < depth; k++, at += PANEL) {
          to[at] = factor * (data[from + k * rowStep + j * step] ?? 0);
        }
      }
      out += PANEL * (depth + 1);
    }
  }
}

/** What the columns `[first, width]` start from. */
function writeStart(
  to: Float32Array,
  at: number,
  { start, beta = 1 }: PanelSource,
  [first, width]: readonly [number, number],
): void {
  if (!start) return;
  const { data } = start;
  for (let j = 0; j < width; j++) to[at + j] = beta * (data[data.length === 1 ? 0 : first + j] ?? 0);
}
