/** AveragePool → one dispatch of the pool shader. */
import type { KernelDefinition } from './definition.ts';
import { poolVariants } from './pool.ts';

export const averagePool: KernelDefinition<'AveragePool'> = {
  kind: 'dispatch',
  variants: poolVariants(({ node }) => ({ kind: 'average', countIncludePad: node.attributes.countIncludePad })),
};
