/** Constant weights, part by part: each fits into the memory that there is while a plan is loaded. */
import type { Tensor } from '../../core/tensor.ts';
import { ceilDiv } from '../../util/arrays.ts';
import type { Staging } from '../definition.ts';
import { stridesOfConstant } from './constants.ts';

/** Columns of a panel: see `assembly/lib/tile.ts`. */
export const PANEL = 8;

const FLOAT = Float32Array.BYTES_PER_ELEMENT;
/** Elements of a part, about: they stay in the second cache until they are packed. */
const PART = 2 ** 16;

/** Weights `[…, depth, group·columns]`, or with these two swapped. */
export interface WeightMatrices {
  readonly weights: Tensor;
  readonly depth: number;
  readonly columns: number;
  readonly group?: number;
  readonly isTransposed?: boolean;
}

/** Some rows of all panels, or all rows of some. Steps are bytes. */
export interface WeightPart {
  /** Where the matrices lie, in the order in which they were asked for. */
  readonly addresses: readonly number[];
  readonly row: number;
  readonly rows: number;
  readonly rowStep: number;
  /** The first column, and how many a group has here. */
  readonly column: number;
  readonly columns: number;
  readonly step: number;
  /** The first panel, and how many there are. */
  readonly panel: number;
  readonly panels: number;
}

/** Of some matrices: how many elements are put into memory at a time, behind `head` others, and what is done with each part. */
export function weightParts(
  { weights, depth, columns, group = 1, isTransposed = false }: WeightMatrices,
  matrices: readonly number[],
): {
  readonly staged: number;
  readonly each: (staging: Staging, head: number, pack: (part: WeightPart) => void) => void;
} {
  const { elements, matrixStep, ...steps } = stridesOfConstant(weights);
  const [rowStep, step] = isTransposed ? [steps.step, steps.rowStep] : [steps.rowStep, steps.step];
  // A part is a range of the dimension that is outside; matrices that are outside of it have a range each.
  const isRows = rowStep >= step * columns * group;
  const isApart = matrixStep >= Math.max(rowStep, step);
  const width = group > 1 ? columns : PANEL;
  const whole = ceilDiv(width, PANEL);
  const [extent, unit] = isRows ? [depth, rowStep] : [ceilDiv(columns * group, width), width * step];
  const ranges = isApart ? matrices.length : 1;
  const most = Math.min(extent, Math.max(1, Math.floor(PART / (unit * ranges))));
  const each = (staging: Staging, head: number, pack: (part: WeightPart) => void): void => {
    const { data } = elements;
    for (let first = 0; first < extent; first += most) {
      const count = Math.min(most, extent - first);
      const put = (from: number, place: number): number =>
        staging.put(data.subarray(from + first * unit, from + (first + count) * unit), head + place * count * unit);
      const together = isApart ? 0 : put(0, 0);
      pack({
        addresses: matrices.map((k, i) => (isApart ? put(k * matrixStep, i) : together + k * matrixStep * FLOAT)),
        rowStep: rowStep * FLOAT,
        step: step * FLOAT,
        ...(isRows
          ? { row: first, rows: count, column: 0, columns, panel: 0, panels: group * ceilDiv(columns, PANEL) }
          : {
              row: 0,
              rows: depth,
              column: first * width,
              columns: group > 1 ? columns : Math.min(count * PANEL, columns - first * PANEL),
              panel: first * whole,
              panels: count * whole,
            }),
      });
    }
  };
  return { staged: ranges * most * unit, each };
}
