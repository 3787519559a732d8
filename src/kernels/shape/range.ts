/** Range is shape arithmetic: evaluated while the graph is compiled, never on the device. */
import type { KernelDefinition } from '../definition.ts';

export const range: KernelDefinition<'Range'> = { kind: 'host' };
