/** MaxPool → one dispatch of the pool shader. */
import type { KernelDefinition } from '../definition.ts';
import { pool } from './pool.ts';

export const maxPool: KernelDefinition<'MaxPool'> = pool(() => ({ kind: 'max', countIncludePad: false }));
