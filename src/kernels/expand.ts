/** Expand → one strided copy with stride 0 along stretched dimensions. */
import { broadcastStrides } from '../core/broadcast.ts';
import { stridesOf } from '../util/arrays.ts';
import { required, result, value, type KernelDefinition } from './definition.ts';
import { copyVariants, stridedDims } from './strided.ts';

export const expand: KernelDefinition<'Expand'> = {
  kind: 'dispatch',
  variants: copyVariants((context) => {
    const { node } = context;
    const y = result(context).shape;
    const dims = stridedDims(y, broadcastStrides(required(context, 0).shape, y), stridesOf(y));
    return [{ from: value(node.inputs[0]), to: value(node.outputs[0]), dims }];
  }),
};
