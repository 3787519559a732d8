/** LpPool: the plain pool shader, over volumes plane by plane first. */
import { variant, type KernelCall, type KernelDefinition } from '../definition.ts';
import { poolCallsBy } from './planes.ts';

export const lpPool: KernelDefinition<'LpPool'> = {
  kind: 'dispatch',
  variants: ['planes', 'volume'].map((name) =>
    variant<'LpPool', readonly Omit<KernelCall, 'variant'>[]>(
      name,
      (context) => poolCallsBy(context, name),
      (_, calls) => calls,
      { placed: true },
    ),
  ),
  inputs: [{ storage: ['f16'], lies: 'rows' }],
  outputs: { storage: ['f16'], lies: 'rows' },
};
