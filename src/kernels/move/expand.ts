/** Expand → one strided copy with stride 0 along stretched dimensions. */
import { broadcastStrides } from '../../core/broadcast.ts';
import { stridedDims } from '../../core/strided.ts';
import { stridesOf } from '../../util/arrays.ts';
import { required, result, type KernelDefinition } from '../definition.ts';
import { COPIED, COPY_PARTS, copyVariants } from '../lib/strided.ts';

export const expand: KernelDefinition<'Expand'> = {
  kind: 'dispatch',
  variants: copyVariants((context) => {
    const y = result(context).shape;
    const dims = stridedDims(y, broadcastStrides(required(context, 0).shape, y), stridesOf(y));
    return [{ input: 0, output: 0, dims }];
  }),
  inputs: [{ ...COPIED, lies: 'dense' }, {}],
  outputs: { ...COPIED, lies: 'dense' },
  parts: COPY_PARTS,
};
