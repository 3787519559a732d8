/** LpPool: the p-norm of each window. */
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, requireFloat } from '../lib/operands.ts';
import { windowSteps } from '../lib/window.ts';
import { inferPool } from './pool.ts';

/** x `[N, …S, C]` to `[N, …S', C]`, floats only. Throws ShapeError where a window does not fit, or p is less than 1. */
export const lpPool: OpDefinition<'LpPool'> = {
  infer: ({ attributes }, inputs) => {
    requireFloat(operand(inputs, 0), 'LpPool');
    if (!(attributes.p >= 1)) throw new ShapeError(`there is no norm of order ${attributes.p}`);
    return inferPool(attributes, inputs);
  },
  reference: lazy(() => import('./pool-loop.ts'), 'lpPoolReference'),
  sees: ({ attributes }) => windowSteps(attributes, attributes.kernel),
};
