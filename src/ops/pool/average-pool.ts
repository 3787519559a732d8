/**
 * AveragePool: the mean of each window, over its elements on the input, or with `countIncludePad` over those on the
 * declared padding as well. A ceil-mode overhang past the end padding is never counted.
 */
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { loops } from '../lib/loops.ts';
import { operand, tensorAt, requireFloat } from '../lib/operands.ts';
import { windowSteps } from '../lib/window.ts';
import { inferPool } from './pool.ts';

/** x `[N, …S, C]` to `[N, …S', C]`, floats only. Throws ShapeError where a window does not fit or sees padding only. */
export const averagePool: OpDefinition<'AveragePool'> = {
  infer: (node, inputs) => {
    requireFloat(operand(inputs, 0), 'AveragePool');
    return inferPool(node.attributes, inputs);
  },
  reference: ({ attributes }, inputs, outputs) => [
    loops().pool(tensorAt(inputs, 0), attributes, at(outputs, 0), {
      start: 0,
      step: (acc, v) => acc + v,
      finish: (acc, taps) => acc / (attributes.countIncludePad ? taps.padded : taps.pixels.length),
    }),
  ],
  sees: ({ attributes }) => windowSteps(attributes, attributes.kernel),
};
