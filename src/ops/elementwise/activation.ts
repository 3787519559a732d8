/** The operator that applies an activation. */
import { keptBound } from '../lib/bounded.ts';
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { operand } from '../lib/operands.ts';

/** Applies an activation to every element. */
export const activation: OpDefinition<'Activation'> = {
  infer: (_node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    return [{ dtype, shape }];
  },
  bounded: keptBound,
  reference: lazy(() => import('./activation-loop.ts'), 'activationReference'),
};
