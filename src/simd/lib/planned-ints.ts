/** Integers that are known while the plan is made. */
import type { OpKind } from '../../ir/ops.ts';
import type { SimdContext } from '../definition.ts';

/** The elements of an input; `undefined` where there is none, or they depend on data. */
export function plannedInts<K extends OpKind>(context: SimdContext<K>, index: number): number[] | undefined {
  const known = context.constant(index);
  return known && Array.from(known.data);
}
