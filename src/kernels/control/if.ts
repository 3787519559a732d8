/** If whose condition depends on data: both branches are computed, and one is copied. */
import { PLAIN_TRAITS, type KernelDefinition } from '../definition.ts';
import { choices } from '../elementwise/where.ts';

export const ifKernels: KernelDefinition<'If'> = {
  kind: 'dispatch',
  ...PLAIN_TRAITS,
  // One element, whatever its rank.
  variants: choices((inputs) => [[], ...inputs.slice(1)]),
};
