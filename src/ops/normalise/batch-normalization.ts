/** BatchNormalization with trained statistics: activation((x − mean) / √(variance + epsilon) · scale + bias) per channel. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { shapeText, zeros } from '../../core/tensor.ts';
import { at, product, sameArray } from '../../util/arrays.ts';
import { activationFunction } from '../lib/activation.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt, requireFloat } from '../lib/operands.ts';

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
  reference: ({ attributes }, inputs) => {
    const x = tensorAt(inputs, 0);
    const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => tensorAt(inputs, i).data);
    const axis = normalizeAxis(attributes.axis, x.shape.length);
    const channels = at(x.shape, axis);
    const inner = product(x.shape.slice(axis + 1));
    const activate = activationFunction(attributes.activation);
    const y = zeros(x.dtype, x.shape);
    for (let i = 0; i < y.data.length; i++) {
      const c = Math.floor(i / inner) % channels;
      const deviation = Math.sqrt((variance?.[c] ?? 0) + attributes.epsilon);
      const normal = ((x.data[i] ?? 0) - (mean?.[c] ?? 0)) / deviation;
      y.data[i] = activate(normal * (scale?.[c] ?? 0) + (bias?.[c] ?? 0));
    }
    return [y];
  },
  parameters: () => [
    { slot: 1, role: 'scale', channels: 0 },
    { slot: 2, role: 'bias', channels: 0 },
  ],
};
