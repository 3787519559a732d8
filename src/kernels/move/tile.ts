/** Tile → one strided copy in which every dimension is two: the repetition (stride 0) and the position. */
import { stridedDims } from '../../core/strided.ts';
import { at, stridesOf } from '../../util/arrays.ts';
import { requiredInts } from '../lib/constants.ts';
import { required, type KernelDefinition } from '../definition.ts';
import { COPIED, COPY_PARTS, copyVariants } from '../lib/strided.ts';

export const tile: KernelDefinition<'Tile'> = {
  kind: 'dispatch',
  variants: copyVariants((context) => {
    const x = required(context, 0).shape;
    const repeats = requiredInts(context, 1);
    const pairs = x.flatMap((extent, axis) => [at(repeats, axis), extent]);
    const strides = stridesOf(x).flatMap((stride) => [0, stride]);
    const dims = stridedDims(pairs, strides, stridesOf(pairs));
    return [{ input: 0, output: 0, dims }];
  }),
  inputs: [{ ...COPIED, lies: 'dense' }, {}],
  outputs: { ...COPIED, lies: 'dense' },
  parts: COPY_PARTS,
};
