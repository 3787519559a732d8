/** GlobalMaxPool as a call of the kernel of pools. */
import { at } from '../../util/arrays.ts';
import type { SimdDefinition } from '../definition.ts';
import { wholePoolCalls } from './pool.ts';
import { kindOfLargest } from './window-pool.ts';

export const globalMaxPool: SimdDefinition<'GlobalMaxPool'> = (context) =>
  wholePoolCalls(context, kindOfLargest(at(context.outputs, 0)));
