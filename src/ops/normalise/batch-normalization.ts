/** BatchNormalization with trained statistics: activation((x − mean) / √(variance + epsilon) · scale + bias) per channel. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { lazy } from '../../core/on-demand.ts';
import { shapeText } from '../../core/tensor.ts';
import { at, sameArray } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, requireFloat } from '../lib/operands.ts';

const STATISTICS = ['scale', 'bias', 'mean', 'variance'] as const;

/** Keeps shape and type, floats only. Throws ShapeError on statistics that have not one entry per channel. */
export const batchNormalization: OpDefinition<'BatchNormalization'> = {
  infer: ({ attributes }, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    requireFloat({ dtype, shape }, 'BatchNormalization');
    const channels = at(shape, normalizeAxis(attributes.axis, shape.length));
    STATISTICS.forEach((name, i) => {
      const given = operand(inputs, i + 1).shape;
      if (!sameArray(given, [channels])) {
        throw new ShapeError(`${name} is ${shapeText(given)}, ${channels} channels need ${channels}`);
      }
    });
    return [{ dtype, shape }];
  },
  reference: lazy(() => import('./batch-normalization-loop.ts'), 'batchNormalizationReference'),
  parameters: () => [
    { slot: 1, role: 'scale', channels: 0 },
    { slot: 2, role: 'bias', channels: 0 },
  ],
};
