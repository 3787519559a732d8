/** GlobalMaxPool → one dispatch of the global pool shader. */
import type { KernelDefinition } from './definition.ts';
import { globalPoolVariants } from './global-pool.ts';

export const globalMaxPool: KernelDefinition<'GlobalMaxPool'> = {
  kind: 'dispatch',
  variants: globalPoolVariants('max'),
};
