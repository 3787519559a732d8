/** Translations of operators that move elements without computing: transpose, concat, pad … */
import type { GraphTranslation, NodeContext } from '../../context.ts';

const transpose: GraphTranslation = (c) =>
  c.one('Transpose', [c.input(0)], { perm: c.inputCount > 1 ? c.knownInts(1, 'a permutation') : [] });

const concat = (c: NodeContext, values: readonly string[], axisInput: number): string =>
  c.one('Concat', values, { axis: c.knownInt(axisInput, 'a concatenation axis') });

/** Paddings are `[R, 2]` (begin, end) pairs; the engine takes all begins, then all ends. */
export function pads(c: NodeContext): string {
  const constant = c.constantInput(1);
  if (!constant) {
    const pairs = c.one('Transpose', [c.int64Input(1)], { perm: [1, 0] });
    return c.reshape(pairs, [-1]);
  }
  const values = Array.from(constant.data);
  return c.ints([...values.filter((_, i) => i % 2 === 0), ...values.filter((_, i) => i % 2 === 1)]);
}

const pad: GraphTranslation = (c) =>
  c.one('Pad', [c.input(0), pads(c), ...(c.inputCount > 2 ? [c.input(2)] : [])], { mode: 'constant' });

/** Rows of the operator table. */
export const MOVE = {
  Transpose: transpose,
  Concat: (c: NodeContext) => concat(c, c.inputs(1), 0),
  ConcatV2: (c: NodeContext) => concat(c, c.inputs(0, c.inputCount - 1), c.inputCount - 1),
  Pad: pad,
  PadV2: pad,
};
