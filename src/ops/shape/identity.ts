/** Identity: the input itself. */
import { keptBound } from '../lib/bounded.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';

/** Keeps shape and type. */
export const identity: OpDefinition<'Identity'> = {
  infer: (_node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    return [{ dtype, shape }];
  },
  bounded: keptBound,
  reference: (_node, inputs) => {
    const { dtype, shape, data } = tensorAt(inputs, 0);
    return [{ dtype, shape, data: data.slice() }];
  },
};
