/** QLinearReduce: means, sums and products of integers over axes. */
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { quantisedOperand, quantisedResult, ONE_OPERAND } from '../lib/quantised.ts';
import { sumOver } from '../lib/real-products.ts';
import { reduce } from '../reduce/reduce.ts';

/** Throws ShapeError where scales do not fit. */
export const qLinearReduce: OpDefinition<'QLinearReduce'> = {
  infer: (node, inputs) => {
    const { shape } = quantisedOperand(inputs, 0);
    const [sum] = reduce.infer(sumOver(node), [{ dtype: 'int32', shape }]);
    return [quantisedResult(inputs, 3, sum?.shape ?? [])];
  },
  reference: lazy(() => import('./reduce-loop.ts'), 'qLinearReduceReference'),
  quantised: ONE_OPERAND,
};
