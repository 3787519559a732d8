/** Sequence: lists of tensors, which compiling takes apart. */
import type { OpDefinition } from '../definition.ts';
import { unrolled } from './unrolled.ts';

/** Positions, and the sizes of parts, must be known while compiling. */
export const sequence: OpDefinition<'Sequence'> = { infer: unrolled, reference: unrolled, shapeInputs: [1] };
