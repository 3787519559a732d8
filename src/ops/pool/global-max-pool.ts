/** GlobalMaxPool: the largest element of each channel of each image; NaN wins. */
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { loops } from '../lib/loops.ts';
import { inferGlobalPool, wholeMap } from './global-pool.ts';
import { tensorAt } from '../lib/operands.ts';

/** x `[N, …S, C]` to `[N, 1…, C]`, floats only. Throws ShapeError on an empty map. */
export const globalMaxPool: OpDefinition<'GlobalMaxPool'> = {
  infer: (_node, inputs) => inferGlobalPool(inputs, 'GlobalMaxPool'),
  reference: (_node, inputs, outputs) => [
    loops().globalPool(
      tensorAt(inputs, 0),
      at(outputs, 0),
      -Infinity,
      (acc, v) => (acc >= v || acc !== acc ? acc : v),
      (acc) => acc,
    ),
  ],
  sees: (_node, inputs) => wholeMap(inputs),
};
