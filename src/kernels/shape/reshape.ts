/** Reshape is the same elements under another shape: it shares the input's buffer. */
import type { KernelDefinition } from '../definition.ts';

export const reshape: KernelDefinition<'Reshape'> = { kind: 'view' };
