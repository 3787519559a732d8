/** ConvTranspose: a dense convolution for each phase of the output, one product and sums of its parts, or a plain kernel that gathers. */
import { FLOATS } from '../../core/dtype.ts';
import { transposedAxes } from '../../ir/shapes/transposed-window.ts';
import { required, variant, type Variant, type KernelDefinition } from '../definition.ts';
import { epilogueOf } from '../lib/epilogue.ts';
import type { VolumeAxis } from '../lib/volume.ts';
import { PRODUCT_PARTS } from '../product/parts.ts';
import { preferredTransposed, TRANSPOSED_KERNELS } from './transposed-choices.ts';
import type { TransposedCall } from './transposed-phases.ts';
import { convVolume } from './volume.ts';

const byPhases: readonly Variant<'ConvTranspose'>[] = TRANSPOSED_KERNELS.map(({ name, calls }) =>
  variant<'ConvTranspose', readonly TransposedCall[]>(name, calls, (_, made) => made, { placed: true }),
);

const gather = variant<'ConvTranspose', readonly VolumeAxis[]>(
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
);

export const convTranspose: KernelDefinition<'ConvTranspose'> = {
  kind: 'dispatch',
  variants: [...byPhases, gather],
  preferred: preferredTransposed,
  // x, w, bias
  inputs: [{ dtypes: FLOATS, storage: ['f16'], lies: 'rows' }, { storage: ['f16'] }, {}],
  outputs: { storage: ['f16'], lies: 'channels' },
  parts: PRODUCT_PARTS,
};
