/** QLinearSoftmax: softmax of integers along one axis, or its logarithm, in fixed-point arithmetic. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { quantisedOperand, quantisedResult, ONE_OPERAND } from '../lib/quantised.ts';

/** Keeps the shape. Throws ShapeError where scales do not fit. */
export const qLinearSoftmax: OpDefinition<'QLinearSoftmax'> = {
  infer: ({ attributes: { axis } }, inputs) => {
    const { shape } = quantisedOperand(inputs, 0);
    normalizeAxis(axis, shape.length);
    return [quantisedResult(inputs, 3, shape)];
  },
  reference: lazy(() => import('./softmax-loop.ts'), 'qLinearSoftmaxReference'),
  quantised: ONE_OPERAND,
};
