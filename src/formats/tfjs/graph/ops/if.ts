/** One of two values: what is left of If when both branches are written out (`functions.ts`). */
import type { NodeContext } from '../context.ts';

/** Its inputs are a condition, the value when that is true (not zero), and the other. */
export function ifOf(c: NodeContext): string {
  const condition = c.one('Cast', [c.input(0)], { to: 'bool' });
  return c.one('If', [condition, c.input(1), c.input(2)], { missing: [] });
}
