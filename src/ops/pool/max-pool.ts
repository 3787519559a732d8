/** MaxPool: the largest element under each window. Padding never wins; NaN does. */
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { loops } from '../lib/loops.ts';
import { tensorAt } from '../lib/operands.ts';
import { windowSteps } from '../lib/window.ts';
import { inferPool } from './pool.ts';

/** x `[N, …S, C]` to `[N, …S', C]`. Throws ShapeError where a window does not fit or sees padding only. */
export const maxPool: OpDefinition<'MaxPool'> = {
  infer: (node, inputs) => inferPool(node.attributes, inputs),
  reference: (node, inputs, outputs) => [
    loops().pool(tensorAt(inputs, 0), node.attributes, at(outputs, 0), {
      start: -Infinity,
      step: (acc, v) => (acc >= v || acc !== acc ? acc : v),
      finish: (acc) => acc,
    }),
  ],
  sees: ({ attributes }) => windowSteps(attributes, attributes.kernel),
};
