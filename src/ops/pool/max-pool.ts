/** MaxPool: the largest element under each window. Padding never wins; NaN does. */
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { inferPool } from './pool.ts';

export const maxPool: OpDefinition<'MaxPool'> = {
  infer: (node, inputs) => inferPool(node.attributes, inputs),
  reference: lazy(() => import('./pool-loop.ts'), 'maxPoolReference'),
};
