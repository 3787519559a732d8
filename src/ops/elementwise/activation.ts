/** The operator that applies an activation. */
import { keptBound } from '../lib/bounded.ts';
import { zeros } from '../../core/tensor.ts';
import type { OpDefinition } from '../definition.ts';
import { activationFunction } from '../lib/activation.ts';
import { operand, tensorAt } from '../lib/operands.ts';

/** Applies an activation to every element. */
export const activation: OpDefinition<'Activation'> = {
  infer: (_node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    return [{ dtype, shape }];
  },
  bounded: keptBound,
  reference: (node, inputs) => {
    const x = tensorAt(inputs, 0);
    const y = zeros(x.dtype, x.shape);
    const f = activationFunction(node.attributes.activation);
    x.data.forEach((v, i) => {
      y.data[i] = f(v);
    });
    return [y];
  },
};
