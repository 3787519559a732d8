/** GlobalMaxPool as a call of the kernel of pools. */
import type { SimdDefinition } from '../definition.ts';
import { wholePoolCalls } from './pool.ts';

export const globalMaxPool: SimdDefinition<'GlobalMaxPool'> = (context) => wholePoolCalls(context, false);
