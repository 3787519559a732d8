/** Division that gives 0 where the divisor is 0. */
import type { GraphTranslation } from '../../context.ts';

export const divideNoNan: GraphTranslation = (c) => {
  const [a, b] = [c.input(0), c.input(1)];
  const zero = c.scalar(c.attr.dtype('T') ?? 'float32', 0);
  return c.one('Where', [c.binary('equal', b, zero), zero, c.binary('div', a, b)], {});
};
