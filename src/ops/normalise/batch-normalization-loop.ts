/** The CPU reference of BatchNormalization. */
import { zeros } from '../../core/tensor.ts';
import { at, product } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { activationFunction } from '../lib/activation.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { tensorAt } from '../lib/operands.ts';

/** `OpDefinition.reference` of BatchNormalization. */
export const batchNormalizationReference: Reference<'BatchNormalization'> = ({ attributes }, inputs) => {
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
};
