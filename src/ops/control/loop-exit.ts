/** LoopExit: what the last round of a loop leaves, and what all of them give. */
import type { OpDefinition } from '../definition.ts';
import { unrolled } from './unrolled.ts';

/** Whether there is another round may depend on data. */
export const loopExit: OpDefinition<'LoopExit'> = { infer: unrolled, reference: unrolled };
