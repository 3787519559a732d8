/** Flatten is the same elements as a matrix: it shares the input's buffer. */
import type { KernelDefinition } from '../definition.ts';

export const flatten: KernelDefinition<'Flatten'> = { kind: 'view' };
