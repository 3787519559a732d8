/**
 * AveragePool: the mean of each window, over its elements on the input, or with `countIncludePad` over those on the
 * declared padding as well. A ceil-mode overhang past the end padding is never counted.
 */
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, requireFloat } from '../lib/operands.ts';
import { windowSteps } from '../lib/window.ts';
import { inferPool } from './pool.ts';

/** x `[N, …S, C]` to `[N, …S', C]`, floats only. Throws ShapeError where a window does not fit or sees padding only. */
export const averagePool: OpDefinition<'AveragePool'> = {
  infer: (node, inputs) => {
    requireFloat(operand(inputs, 0), 'AveragePool');
    return inferPool(node.attributes, inputs);
  },
  reference: lazy(() => import('./pool-loop.ts'), 'averagePoolReference'),
  sees: ({ attributes }) => windowSteps(attributes, attributes.kernel),
};
