/** QLinearConv → one dispatch: strips of pixels by four channels, or any four neighbours of the output. */
import { productMultipliers } from '../../ir/quantise/multipliers.ts';
import { at, product } from '../../util/arrays.ts';
import { required, variant, type KernelDefinition, type LowerContext, type Variant } from '../definition.ts';
import { packWeights, type PackedWeights } from '../lib/int8-weights.ts';
import { BYTES, BYTES_OR_MORE, constantAt, SCALE, constantScalar } from '../lib/quantised.ts';
import { quantisedConvCall, writesWords, type QuantisedConv } from '../lib/quantised-conv.ts';
import { PLANAR_RANKS, planarWindow, stripPixels, type PlanarWindow } from '../lib/window.ts';

type Context = LowerContext<'QLinearConv'>;

/** The weights of a convolution, and how its sums are rescaled. */
function weightsOf(
  context: Context,
  { params }: PlanarWindow,
): Pick<QuantisedConv, 'rule'> & { weights: PackedWeights } {
  const { rounding, group } = context.node.attributes;
  const [x, w] = [required(context, 0), constantAt(context, 3)];
  const [groupIn, groupOut] = [params.in_c / group, params.out_c / group];
  const multipliers = productMultipliers(rounding, {
    first: constantScalar(context, 1),
    second: Array.from(constantAt(context, 4).data),
    result: constantScalar(context, 6),
    inFloat: x.dtype === 'uint8',
  });
  const weights = packWeights(
    {
      weight: (tap, c, m) => at(w.data, (tap * groupIn + c) * params.out_c + m),
      taps: product(w.shape.slice(0, -2)),
      group,
      groupIn,
      groupOut,
      unsigned: { x: x.dtype === 'uint8', w: w.dtype === 'uint8' },
      xZeroPoint: constantScalar(context, 2),
      wZeroPoints: constantAt(context, 5).data,
      bias: context.inputs[8] && constantAt(context, 8).data,
      multipliers,
    },
    true,
  );
  return { weights, rule: multipliers.rule };
}

function convVariant(
  name: string,
  pixelsOf: (context: Context, window: PlanarWindow) => QuantisedConv['pixels'] | undefined,
): Variant<'QLinearConv'> {
  return variant<'QLinearConv', Pick<QuantisedConv, 'pixels'> & { window: PlanarWindow }>(
    name,
    (context) => {
      const window = planarWindow(context, context.node.attributes, required(context, 3).shape.slice(0, -2));
      const pixels = pixelsOf(context, window);
      return pixels === undefined ? undefined : { window, pixels };
    },
    (context, plan) => {
      const { range } = context.node.attributes;
      return quantisedConvCall(context, { ...plan, ...weightsOf(context, plan.window), range });
    },
  );
}

export const qLinearConv: KernelDefinition<'QLinearConv'> = {
  kind: 'dispatch',
  variants: [
    convVariant('strip', (context, { params }) =>
      writesWords(context, params.out_c / context.node.attributes.group) ? stripPixels(params.out_w) : undefined,
    ),
    convVariant('neighbours', () => 0),
  ],
  inputs: [BYTES, SCALE, SCALE, { ...BYTES, constant: true }, SCALE, SCALE, SCALE, SCALE, SCALE],
  outputs: BYTES_OR_MORE,
  ranks: PLANAR_RANKS,
};
