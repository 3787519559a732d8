/** GlobalAveragePool: the mean of each channel of each image. */
import { at } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { loops } from '../lib/loops.ts';
import { inferGlobalPool, wholeMap } from './global-pool.ts';
import { tensorAt } from '../lib/operands.ts';

/** x `[N, …S, C]` to `[N, 1…, C]`, floats only. Throws ShapeError on an empty map. */
export const globalAveragePool: OpDefinition<'GlobalAveragePool'> = {
  infer: (_node, inputs) => inferGlobalPool(inputs, 'GlobalAveragePool'),
  reference: (_node, inputs, outputs) => [
    loops().globalPool(
      tensorAt(inputs, 0),
      at(outputs, 0),
      0,
      (acc, v) => acc + v,
      (acc, pixels) => acc / pixels,
    ),
  ],
  sees: (_node, inputs) => wholeMap(inputs),
};
