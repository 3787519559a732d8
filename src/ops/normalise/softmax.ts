/**
 * Softmax and log-softmax over several axes together, shifted by the largest element so that no exponential overflows.
 * A NaN, a +Infinity, or nothing but −Infinity makes its whole slice NaN.
 */
import { boundBeside } from '../lib/bounded.ts';
import { normalizeAxes } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, requireFloat } from '../lib/operands.ts';

/** Keeps shape and type, floats only. Throws ShapeError without an axis. */
export const softmax: OpDefinition<'Softmax'> = {
  infer: ({ attributes: { axes } }, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    requireFloat({ dtype, shape }, 'Softmax');
    if (axes.length === 0) throw new ShapeError('Softmax needs at least one axis');
    normalizeAxes(axes, shape.length);
    return [{ dtype, shape }];
  },
  bounded: ({ attributes }, input, axis, inputs) =>
    boundBeside(normalizeAxes(attributes.axes, operand(inputs, 0).shape.length), input, axis),
  reference: lazy(() => import('./softmax-loop.ts'), 'softmaxReference'),
};
