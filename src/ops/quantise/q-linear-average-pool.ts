/** QLinearAveragePool: the mean of the integers in each window, ties away from zero. */
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { quantisedOperand, quantisedResult, ONE_OPERAND } from '../lib/quantised.ts';
import { windowSteps } from '../lib/window.ts';
import { inferPool } from '../pool/pool.ts';

/** x `[N, …S, C]` to `[N, …S', C]` of the same type and scale. Throws ShapeError where the window does not fit. */
export const qLinearAveragePool: OpDefinition<'QLinearAveragePool'> = {
  infer: (node, inputs) => {
    const x = quantisedOperand(inputs, 0);
    const [pooled] = inferPool(node.attributes, inputs);
    const result = quantisedResult(inputs, 3, pooled?.shape ?? []);
    if (result.dtype !== x.dtype) throw new ShapeError(`the result is ${result.dtype}, the input ${x.dtype}`);
    return [result];
  },
  reference: lazy(() => import('./average-pool-loop.ts'), 'qLinearAveragePoolReference'),
  sees: ({ attributes }) => windowSteps(attributes, attributes.kernel),
  quantised: ONE_OPERAND,
};
