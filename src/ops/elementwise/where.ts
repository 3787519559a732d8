/** Where: picks between two operands, element by element, all three broadcast. */
import { broadcastBound } from '../lib/bounded.ts';
import { broadcastShapes } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { zeros } from '../../core/tensor.ts';
import type { OpDefinition } from '../definition.ts';
import { readBroadcast } from '../lib/elementwise.ts';
import { operand, tensorAt } from '../lib/operands.ts';

/** The common shape of all three. Throws ShapeError on a condition that is not bool, or alternatives of two types. */
export const where: OpDefinition<'Where'> = {
  infer: (_node, inputs) => {
    const [condition, a, b] = [operand(inputs, 0), operand(inputs, 1), operand(inputs, 2)];
    if (condition.dtype !== 'bool') throw new ShapeError(`the condition is ${condition.dtype}, not bool`);
    if (a.dtype !== b.dtype) throw new ShapeError(`cannot choose between ${a.dtype} and ${b.dtype}`);
    return [{ dtype: a.dtype, shape: broadcastShapes(condition.shape, a.shape, b.shape) }];
  },
  bounded: broadcastBound,
  reference: (_node, inputs) => {
    const [condition, a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
    const y = zeros(a.dtype, broadcastShapes(condition.shape, a.shape, b.shape));
    const [pick, yes, no] = [readBroadcast(condition, y), readBroadcast(a, y), readBroadcast(b, y)];
    for (let i = 0; i < y.data.length; i++) y.data[i] = pick(i) !== 0 ? yes(i) : no(i);
    return [y];
  },
};
