/** Squeeze is the same elements without extents of 1: it shares the input's buffer. */
import type { KernelDefinition } from '../definition.ts';

export const squeeze: KernelDefinition<'Squeeze'> = { kind: 'view' };
