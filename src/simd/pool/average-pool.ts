/** AveragePool as a call of the kernel of pools. */
import type { SimdDefinition } from '../definition.ts';
import { windowPoolCalls } from './pool.ts';

export const averagePool: SimdDefinition<'AveragePool'> = windowPoolCalls;
