/** Concat → one strided copy per operand, into its slice of the result. */
import { normalizeAxis } from '../core/broadcast.ts';
import { at, product } from '../util/arrays.ts';
import { required, result, value, type KernelDefinition } from './definition.ts';
import { copyVariants, stridedDims, type StridedCopy } from './strided.ts';

export const concat: KernelDefinition<'Concat'> = {
  kind: 'dispatch',
  variants: copyVariants((context): StridedCopy[] => {
    const { node } = context;
    const y = result(context).shape;
    const axis = normalizeAxis(node.attributes.axis, y.length);
    const outer = product(y.slice(0, axis));
    const row = product(y.slice(axis));
    let column = 0;
    return node.inputs.map((name, i) => {
      const width = product(required(context, i).shape.slice(axis));
      const toStart = column;
      column += width;
      const dims = stridedDims([outer, width], [width, 1], [row, 1]);
      return { from: value(name), to: value(at(node.outputs, 0)), dims, toStart };
    });
  }),
};
