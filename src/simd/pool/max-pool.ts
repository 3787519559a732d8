/** MaxPool as a call of the kernel of pools. */
import type { SimdDefinition } from '../definition.ts';
import { windowPoolCalls } from './window-pool.ts';

export const maxPool: SimdDefinition<'MaxPool'> = windowPoolCalls;
