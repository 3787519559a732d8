/** LpPool → one dispatch of the plain pool shader. */
import { variant, type KernelCall, type KernelDefinition } from '../definition.ts';
import { volumePoolCalls } from './volume.ts';

export const lpPool: KernelDefinition<'LpPool'> = {
  kind: 'dispatch',
  variants: [
    variant<'LpPool', readonly Omit<KernelCall, 'variant'>[]>('volume', volumePoolCalls, (_, calls) => calls, {
      placed: true,
    }),
  ],
  inputs: [{ storage: ['f16'], lies: 'rows' }],
  outputs: { storage: ['f16'], lies: 'rows' },
};
