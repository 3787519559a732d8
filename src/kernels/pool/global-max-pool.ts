/** GlobalMaxPool → one dispatch of a global pool shader. */
import type { KernelDefinition } from '../definition.ts';
import { globalPool } from './global-pool.ts';

export const globalMaxPool: KernelDefinition<'GlobalMaxPool'> = globalPool('max');
