/** The CPU reference of Activation. */
import type { Reference } from '../definition.ts';
import { activationFunction } from '../lib/activation.ts';
import { mapTensor } from '../lib/elementwise.ts';
import { tensorAt } from '../lib/operands.ts';

/** `OpDefinition.reference` of Activation. */
export const activationReference: Reference<'Activation'> = ({ attributes }, inputs) => {
  const x = tensorAt(inputs, 0);
  return [mapTensor(x, x.dtype, activationFunction(attributes.activation))];
};
