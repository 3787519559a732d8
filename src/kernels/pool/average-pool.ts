/** AveragePool → one dispatch of the pool shader. */
import type { KernelDefinition } from '../definition.ts';
import { pool } from './pool.ts';

export const averagePool: KernelDefinition<'AveragePool'> = pool(({ node }) => ({
  kind: 'average',
  countIncludePad: node.attributes.countIncludePad,
}));
