/** MaxPool: the largest element under each window. Padding never wins; NaN does. */
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { windowSteps } from '../lib/window.ts';
import { inferPool } from './pool.ts';

/** x `[N, …S, C]` to `[N, …S', C]`. Throws ShapeError where a window does not fit or sees padding only. */
export const maxPool: OpDefinition<'MaxPool'> = {
  infer: (node, inputs) => inferPool(node.attributes, inputs),
  reference: lazy(() => import('./pool-loop.ts'), 'maxPoolReference'),
  sees: ({ attributes }) => windowSteps(attributes, attributes.kernel),
};
