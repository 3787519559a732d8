/** LoopEntry: the values that each round of a loop begins with. */
import type { OpDefinition } from '../definition.ts';
import { unrolled } from './unrolled.ts';

/** How many rounds there are at most must be known while compiling. */
export const loopEntry: OpDefinition<'LoopEntry'> = { infer: unrolled, reference: unrolled, shapeInputs: [0] };
