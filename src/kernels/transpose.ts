/** Transpose → one strided copy. */
import { at, range, stridesOf } from '../util/arrays.ts';
import { required, result, value, type KernelDefinition } from './definition.ts';
import { copyVariants, stridedDims } from './strided.ts';

export const transpose: KernelDefinition<'Transpose'> = {
  kind: 'dispatch',
  variants: copyVariants((context) => {
    const { node } = context;
    const x = required(context, 0).shape;
    const y = result(context).shape;
    const perm = node.attributes.perm.length > 0 ? node.attributes.perm : range(x.length).reverse();
    const strides = stridesOf(x);
    const permuted = perm.map((axis) => at(strides, axis));
    return [{ from: value(node.inputs[0]), to: value(node.outputs[0]), dims: stridedDims(y, permuted, stridesOf(y)) }];
  }),
};
