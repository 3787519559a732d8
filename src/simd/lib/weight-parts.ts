/** Constant weights, part by part: each fits into the memory that there is for them before they are packed. */
import { elementCount } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import { stridesOfConstant, type ConstantMatrices } from './constants.ts';
import { PANEL, type WeightMatrices } from './panels.ts';

/** Elements of a part, about: they stay in the second cache until they are packed. */
const PART = 2 ** 15;

/** Parts of a matrix: so many rows and columns of each group, at most, in a range of so many elements. */
export interface WeightParts extends ConstantMatrices {
  readonly height: number;
  readonly width: number;
  readonly length: number;
  /** Matrices have ranges of their own; otherwise all are in the same. */
  readonly isApart: boolean;
}

/** Parts go along the dimension that is outside: they are rows, or whole panels. */
export function weightParts({ weights, depth, columns, group = 1, isTransposed }: WeightMatrices): WeightParts {
  const { elements, matrixStep, ...plain } = stridesOfConstant(weights);
  const steps = isTransposed ? [plain.step, plain.rowStep] : [plain.rowStep, plain.step];
  // A dimension of one element may be anywhere in memory, so that its step does not say what is outside.
  const [rowStep = 0, step = 0] = [depth, columns * group].map((extent, i) => (extent > 1 ? at(steps, i) : 0));
  const isRows = rowStep >= step * columns * group;
  const unit = Math.max(1, isRows ? rowStep : PANEL * step);
  const most = Math.max(1, Math.floor(PART / unit));
  // Columns of several groups do not follow each other.
  const [height, width] = isRows ? [most, columns] : [depth, group > 1 ? columns : PANEL * most];
  const length = Math.min(isRows || group === 1 ? most * unit : Infinity, elementCount(weights.shape));
  return { elements, matrixStep, rowStep, step, height, width, length, isApart: matrixStep >= Math.max(rowStep, step) };
}
