/** QLinearConv → by subgroups, through workgroup memory, as strips of pixels by four channels, or any four neighbours of the output. */
import { required, type KernelDefinition, type LowerContext } from '../definition.ts';
import { kernelElements } from '../lib/int8-weights.ts';
import { BYTES, BYTES_OR_MORE, SCALE } from '../lib/quantised.ts';
import { quantisedVariants, type QuantisedConv } from '../lib/quantised-conv.ts';
import { PLANAR_RANKS, planarWindow } from '../lib/window.ts';
import { CONV_KERNELS, preferredConvKernels } from './kernels.ts';
import { quantisedConv, scaledWeights } from './operands.ts';

function convOf(context: LowerContext<'QLinearConv'>): QuantisedConv {
  const { attributes } = context.node;
  const { group } = attributes;
  return quantisedConv(context, {
    window: planarWindow(context, attributes, required(context, 3).shape.slice(0, -2)),
    group,
    weights: () => scaledWeights(context, (w) => kernelElements(w, group)),
  });
}

export const qLinearConv: KernelDefinition<'QLinearConv'> = {
  kind: 'dispatch',
  variants: quantisedVariants(CONV_KERNELS, convOf),
  preferred: (context) => preferredConvKernels(convOf(context), context.device),
  inputs: [BYTES, SCALE, SCALE, { ...BYTES, constant: true }, SCALE, SCALE, SCALE, SCALE, SCALE],
  outputs: BYTES_OR_MORE,
  ranks: PLANAR_RANKS,
};
