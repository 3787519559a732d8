/** MaxPool → one dispatch of the pool shader. */
import type { KernelDefinition } from './definition.ts';
import { poolVariants } from './pool.ts';

export const maxPool: KernelDefinition<'MaxPool'> = {
  kind: 'dispatch',
  variants: poolVariants(() => ({ kind: 'max', countIncludePad: false })),
};
