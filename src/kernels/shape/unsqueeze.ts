/** Unsqueeze is the same elements with extents of 1 inserted: it shares the input's buffer. */
import type { KernelDefinition } from '../definition.ts';

export const unsqueeze: KernelDefinition<'Unsqueeze'> = { kind: 'view' };
