/** GlobalAveragePool as a call of the kernel of pools. */
import type { SimdDefinition } from '../definition.ts';
import { wholePoolCalls } from './pool.ts';

export const globalAveragePool: SimdDefinition<'GlobalAveragePool'> = (context) => wholePoolCalls(context, 0);
