/** Slice → one strided copy that starts inside the input. */
import { resolveSlice } from '../core/slice.ts';
import { at, stridesOf } from '../util/arrays.ts';
import { constantInts, requiredInts } from './constants.ts';
import { required, value, type KernelDefinition } from './definition.ts';
import { copyVariants, stridedDims } from './strided.ts';

export const slice: KernelDefinition<'Slice'> = {
  kind: 'dispatch',
  variants: copyVariants((context) => {
    const { node } = context;
    const x = required(context, 0).shape;
    const { starts, steps, extents } = resolveSlice(x, {
      starts: requiredInts(context, 1),
      ends: requiredInts(context, 2),
      axes: constantInts(context, 3),
      steps: constantInts(context, 4),
    });
    const strides = stridesOf(x);
    const walked = steps.map((step, axis) => step * at(strides, axis));
    const start = starts.reduce((sum, s, axis) => sum + s * at(strides, axis), 0);
    const dims = stridedDims(extents, walked, stridesOf(extents));
    return [{ from: value(node.inputs[0]), to: value(node.outputs[0]), dims, start }];
  }),
};
