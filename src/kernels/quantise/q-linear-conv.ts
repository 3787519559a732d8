/** QLinearConv → by subgroups, through workgroup memory, as strips of pixels by four channels, or any four neighbours of the output. */
import { isPointwise } from '../../ir/shapes/pointwise.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { variant, type KernelDefinition, type Variant } from '../definition.ts';
import { packWeights } from '../lib/int8-weights.ts';
import { BYTES, BYTES_OR_MORE, SCALE } from '../lib/quantised.ts';
import { columnsVariants, softwareColumns, type ColumnsExtent } from './columns.ts';
import { quantisedConvCall, writesWords, type QuantisedConv } from '../lib/quantised-conv.ts';
import { PLANAR_RANKS, stripPixels, type PlanarWindow } from '../lib/window.ts';
import { weightSpec, quantisedWindow, type QuantisedConvContext } from './q-linear-conv-operands.ts';
import { preferredQuantisedTiles, quantisedTiledVariants, type QuantisedExtents } from './tiled.ts';
import { quantisedDepthwise, isQuantisedDepthwise, preferredQuantisedDepthwise } from './q-linear-depthwise.ts';

/** Channels that one group makes. */
function groupOutOf({ node }: QuantisedConvContext, { params }: PlanarWindow): number {
  return params.out_c / node.attributes.group;
}

function convVariant(
  name: string,
  pixelsOf: (context: QuantisedConvContext, window: PlanarWindow) => QuantisedConv['pixels'] | undefined,
): Variant<'QLinearConv'> {
  return variant<'QLinearConv', Pick<QuantisedConv, 'pixels'> & { window: PlanarWindow }>(
    name,
    (context) => {
      const window = quantisedWindow(context);
      const pixels = pixelsOf(context, window);
      return pixels === undefined ? undefined : { window, pixels };
    },
    (context, plan) => {
      const { range } = context.node.attributes;
      const weights = packWeights(weightSpec(context, plan.window));
      return quantisedConvCall(context, { ...plan, weights, range });
    },
  );
}

function extentOf(context: QuantisedConvContext): ColumnsExtent {
  const window = quantisedWindow(context);
  const { batch, params } = window;
  return {
    pixels: batch * params.out_h * params.out_w,
    group: context.node.attributes.group,
    groupOut: groupOutOf(context, window),
  };
}

const columns = columnsVariants<'QLinearConv'>(extentOf, (context, pack) => {
  const window = quantisedWindow(context);
  return { window, weights: pack(weightSpec(context, window)), range: context.node.attributes.range };
});

/** The product that a convolution without groups is. */
function extentsOf(context: QuantisedConvContext): QuantisedExtents | undefined {
  if (context.node.attributes.group !== 1) return undefined;
  const { batch, params, spec } = quantisedWindow(context);
  const taps = spec.kernel[0] * spec.kernel[1];
  return { rows: batch * params.out_h * params.out_w, columns: params.out_c, depth: taps * ceilDiv(params.in_c, 4) };
}

const tiled = quantisedTiledVariants<'QLinearConv'>(extentsOf, (context) => {
  const { attributes } = context.node;
  const window = quantisedWindow(context);
  return {
    weights: packWeights(weightSpec(context, window)),
    range: attributes.range,
    channels: window.params.in_c,
    window: isPointwise(attributes, window.spec.kernel) ? undefined : window,
  };
});

/** By subgroups where software adapters have them, on GPUs through workgroup memory; elsewhere as the list has it. */
function preferred(context: QuantisedConvContext): readonly string[] {
  if (isQuantisedDepthwise(context)) return preferredQuantisedDepthwise(context);
  if (context.device.adapterClass !== 'software') return preferredQuantisedTiles(extentsOf(context), context.device);
  return softwareColumns(extentOf(context), context.device);
}

export const qLinearConv: KernelDefinition<'QLinearConv'> = {
  kind: 'dispatch',
  variants: [
    ...quantisedDepthwise,
    convVariant('strip', (context, window) =>
      writesWords(context, groupOutOf(context, window)) ? stripPixels(window.params.out_w) : undefined,
    ),
    ...columns,
    ...tiled,
    convVariant('neighbours', () => 0),
  ],
  preferred,
  inputs: [BYTES, SCALE, SCALE, { ...BYTES, constant: true }, SCALE, SCALE, SCALE, SCALE, SCALE],
  outputs: BYTES_OR_MORE,
  ranks: PLANAR_RANKS,
};
