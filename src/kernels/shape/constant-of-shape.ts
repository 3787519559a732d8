/** ConstantOfShape is shape arithmetic: evaluated while the graph is compiled, never on the device. */
import type { KernelDefinition } from '../definition.ts';

export const constantOfShape: KernelDefinition<'ConstantOfShape'> = { kind: 'host' };
