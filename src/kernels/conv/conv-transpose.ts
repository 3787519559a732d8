/** ConvTranspose → one dispatch that gathers, for each output, the inputs that are spread over it. */
import { FLOATS } from '../../core/dtype.ts';
import { transposedAxes } from '../../ir/shapes/transposed-window.ts';
import { required, variant, type KernelDefinition } from '../definition.ts';
import { epilogueOf } from '../lib/epilogue.ts';
import type { VolumeAxis } from '../lib/volume.ts';
import { convVolume } from './volume.ts';

export const convTranspose: KernelDefinition<'ConvTranspose'> = {
  kind: 'dispatch',
  variants: [
    variant<'ConvTranspose', readonly VolumeAxis[]>(
      'gather',
      (context) => {
        const [spatial, kernel] = [required(context, 0).shape.slice(1, -1), required(context, 1).shape.slice(0, -2)];
        return transposedAxes(context.node.attributes, spatial, kernel).map((axis) => ({
          ...axis,
          // Neighbouring kernel elements meet neighbouring outputs: an output sees every stride-th. Dilated, any may be seen.
          step: axis.dilation === 1 ? axis.stride : 1,
        }));
      },
      (context, axes) => {
        const epilogue = epilogueOf(context, context.node.attributes.activation, { bias: 2 });
        return [convVolume(context, { axes, transposed: true, epilogue })];
      },
      { placed: true },
    ),
  ],
  // x, w, bias
  inputs: [{ dtypes: FLOATS, storage: ['f16'], lies: 'rows' }, { storage: ['f16'] }, {}],
  outputs: { storage: ['f16'], lies: 'channels' },
};
