/** Shape is shape arithmetic: evaluated while the graph is compiled, never on the device. */
import type { KernelDefinition } from '../definition.ts';

export const shape: KernelDefinition<'Shape'> = { kind: 'host' };
