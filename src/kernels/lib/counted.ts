/** Operands of operators that pick: what there is of the extents, where that depends on data, stands before the results. */
import type { NodeOf } from '../../ir/ops.ts';
import { value, type CallOperand } from '../definition.ts';

/** x, indices, the counts of a node that has them, y. */
export function pickedOperands({
  inputs,
  outputs: [y],
}: NodeOf<'Gather' | 'GatherND' | 'GatherElements'>): CallOperand[] {
  return [...inputs.filter((name) => name !== '').map(value), value(y)];
}
