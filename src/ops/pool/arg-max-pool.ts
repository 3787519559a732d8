/** ArgMaxPool: where the largest element under each window is. NaN counts as the largest; padding never wins. */
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { windowSteps } from '../lib/window.ts';
import { inferPool } from './pool.ts';

/** x `[N, …S, C]` to int64 `[N, …S', C]`, −1 where a dilated window sees padding only. Throws ShapeError where a window does not fit. */
export const argMaxPool: OpDefinition<'ArgMaxPool'> = {
  infer: ({ attributes }, inputs) => inferPool(attributes, inputs).map(({ shape }) => ({ dtype: 'int64', shape })),
  reference: lazy(() => import('./arg-max-pool-loop.ts'), 'argMaxPoolReference'),
  sees: ({ attributes }) => windowSteps(attributes, attributes.kernel),
};
