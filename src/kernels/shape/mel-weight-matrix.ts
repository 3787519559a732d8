/** MelWeightMatrix follows from numbers that are known: evaluated while the graph is compiled, never on the device. */
import type { KernelDefinition } from '../definition.ts';

export const melWeightMatrix: KernelDefinition<'MelWeightMatrix'> = { kind: 'host' };
