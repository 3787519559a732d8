/** GlobalAveragePool → one dispatch of the global pool shader. */
import type { KernelDefinition } from './definition.ts';
import { globalPoolVariants } from './global-pool.ts';

export const globalAveragePool: KernelDefinition<'GlobalAveragePool'> = {
  kind: 'dispatch',
  variants: globalPoolVariants('average'),
};
