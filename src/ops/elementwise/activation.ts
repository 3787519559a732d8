/** The operator that applies an activation. */
import { keptBound } from '../lib/bounded.ts';
import { isFloat } from '../../core/dtype.ts';
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { operand } from '../lib/operands.ts';

/** What gives integers for integers. */
const OF_INTEGERS = ['none', 'relu', 'clip'];

/** Applies an activation to every element. Throws ShapeError on integers where it gives none. */
export const activation: OpDefinition<'Activation'> = {
  infer: ({ attributes }, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const { kind } = attributes.activation;
    if (!isFloat(dtype) && !OF_INTEGERS.includes(kind)) throw new ShapeError(`${kind} is not defined on ${dtype}`);
    return [{ dtype, shape }];
  },
  bounded: keptBound,
  reference: lazy(() => import('./activation-loop.ts'), 'activationReference'),
};
