/** Elements chosen by their index. */
import type { OnnxNode } from '../../node.ts';

/** Gathers. */
export const GATHER = {
  Gather: (n: OnnxNode) => n.one('Gather', [n.input(0), n.input(1)], { axis: n.attr.int('axis', 0) }),
};
