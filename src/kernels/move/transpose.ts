/** Transpose → one strided copy. */
import { stridedDims } from '../../core/strided.ts';
import { at, range } from '../../util/arrays.ts';
import { required, result, type KernelDefinition } from '../definition.ts';
import { packedStrides } from '../lib/parts.ts';
import { COPIED, COPY_PARTS, copyVariants } from '../lib/strided.ts';

export const transpose: KernelDefinition<'Transpose'> = {
  kind: 'dispatch',
  variants: copyVariants((context) => {
    const { node } = context;
    const [x, y] = [required(context, 0).placement, result(context).placement];
    const { shape } = required(context, 0);
    const out = result(context).shape;
    const perm = node.attributes.perm.length > 0 ? node.attributes.perm : range(shape.length).reverse();
    const strides = packedStrides(x, shape);
    const permuted = perm.map((axis) => at(strides, axis));
    const dims = stridedDims(out, permuted, packedStrides(y, out));
    return [{ input: 0, output: 0, dims, start: x.offset, toStart: y.offset }];
  }),
  inputs: [{ ...COPIED, lies: 'rows' }],
  outputs: { ...COPIED, lies: 'rows' },
  parts: COPY_PARTS,
};
