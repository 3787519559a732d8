/** Identity is its input: it shares the input's buffer. */
import type { KernelDefinition } from '../definition.ts';

export const identity: KernelDefinition<'Identity'> = { kind: 'view' };
