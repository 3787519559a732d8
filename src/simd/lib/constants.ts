/** Constants: integers that are known while the plan is made, and how elements lie. */
import type { Tensor } from '../../core/tensor.ts';
import type { OpKind } from '../../ir/ops.ts';
import { stridesOf } from '../../util/arrays.ts';
import type { SimdContext } from '../definition.ts';

/** The elements of an input; `undefined` where there is none, or they depend on data. */
export function plannedInts<K extends OpKind>(context: SimdContext<K>, index: number): number[] | undefined {
  const known = context.constant(index);
  return known && Array.from(known.data);
}

/** Matrices whose elements are those of a tensor, in any order: steps in elements from each to the next. */
export interface ConstantMatrices {
  readonly elements: Tensor;
  readonly matrixStep: number;
  readonly rowStep: number;
  readonly step: number;
}

/** A constant `[…, rows, columns]`; a vector is a column. */
export function stridesOfConstant(elements: Tensor): ConstantMatrices {
  const [step = 1, rowStep = step, matrixStep = 0] = stridesOf(elements.shape).reverse();
  return { elements, matrixStep, rowStep, step };
}
