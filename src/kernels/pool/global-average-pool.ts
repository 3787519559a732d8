/** GlobalAveragePool → one dispatch of a global pool shader. */
import type { KernelDefinition } from '../definition.ts';
import { globalPool } from './global-pool.ts';

export const globalAveragePool: KernelDefinition<'GlobalAveragePool'> = globalPool('average');
