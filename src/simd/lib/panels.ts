/** Panels of eight columns, as tiles of products take them: `assembly/lib/tile.ts`. */
import type { Tensor } from '../../core/tensor.ts';
import { ceilDiv } from '../../util/arrays.ts';
import type { SimdCall, SimdOperand } from '../definition.ts';

/** Columns of a panel. */
export const PANEL = 8;

/** Bytes of a row of a panel. */
export const PANEL_ROW = PANEL * Float32Array.BYTES_PER_ELEMENT;

/** Weights `[…, depth, group·columns]`, or with these two swapped. */
export interface WeightMatrices {
  readonly weights: Tensor;
  readonly depth: number;
  readonly columns: number;
  readonly group?: number;
  readonly isTransposed?: boolean;
}

/** What panels are made of. */
export interface PanelSource extends WeightMatrices {
  /** Matrices, of which each has panels of its own; */
  readonly count?: number;
  /** or else elements of a window, whose rows follow each other in the panels of a group: these, in this order. */
  readonly taps?: readonly number[];
  /** Factor of all elements; */
  readonly alpha?: number;
  /** what sums start from: an element for each column, or one for all, */
  readonly start?: Tensor | undefined;
  /** and its factor. */
  readonly beta?: number;
}

/** The same but for the elements. */
export type PanelShape = Omit<PanelSource, 'weights' | 'start'>;

/** Panels, and the calls that make them. */
export interface RightPanels {
  readonly w: SimdOperand;
  readonly calls: readonly SimdCall[];
}

/** Bytes of so many matrices as panels: each panel has a row to start from, then its rows. */
export function panelsBytes({ depth, columns, count = 1 }: Pick<PanelSource, 'depth' | 'columns' | 'count'>): number {
  return count * ceilDiv(columns, PANEL) * (depth + 1) * PANEL_ROW;
}
