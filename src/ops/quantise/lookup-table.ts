/** LookupTable: any function of one byte. */
import { ShapeError } from '../../core/errors.ts';
import { extremesOf } from '../../core/extremes.ts';
import { shapeText, zeros } from '../../core/tensor.ts';
import { at, sameArray } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { checkByte } from '../lib/quantised.ts';

/** x of 8-bit integers to the table's type. Throws ShapeError unless the table has 256 elements. */
export const lookupTable: OpDefinition<'LookupTable'> = {
  infer: (_node, inputs) => {
    const [x, table] = [operand(inputs, 0), operand(inputs, 1)];
    checkByte(x);
    if (!sameArray(table.shape, [256])) throw new ShapeError(`the table is ${shapeText(table.shape)}, not [256]`);
    return [{ dtype: table.dtype, shape: x.shape }];
  },
  reference: (_node, inputs, outputs) => {
    const [x, { data: table }] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
    const y = zeros(at(outputs, 0).dtype, x.shape);
    const [lowest] = extremesOf(x.dtype);
    for (let i = 0; i < y.data.length; i++) y.data[i] = table[(x.data[i] ?? 0) - lowest] ?? 0;
    return [y];
  },
  quantised: { operands: [] },
};
