/** What all kernels of QLinearConv take of a node: its window, and its weights with what rescales their sums. */
import { productMultipliers, type Multipliers } from '../../ir/quantise/multipliers.ts';
import { at, product } from '../../util/arrays.ts';
import { required, type LowerContext } from '../definition.ts';
import type { WeightSpec } from '../lib/int8-weights.ts';
import { constantAt, constantScalar } from '../lib/quantised.ts';
import { planarWindow, type PlanarWindow } from '../lib/window.ts';

/** What lowering sees of a node. */
export type QuantisedConvContext = LowerContext<'QLinearConv'>;

/** The window of a node. */
export function quantisedWindow(context: QuantisedConvContext): PlanarWindow {
  return planarWindow(context, context.node.attributes, required(context, 3).shape.slice(0, -2));
}

/** Its weights, for `packWeights` and `packDepthwise`. */
export function weightSpec(context: QuantisedConvContext, { params }: PlanarWindow): WeightSpec {
  const { rounding, group } = context.node.attributes;
  const [x, w] = [required(context, 0), constantAt(context, 3)];
  const [groupIn, groupOut] = [params.in_c / group, params.out_c / group];
  const multipliers: Multipliers = productMultipliers(rounding, {
    first: constantScalar(context, 1),
    second: Array.from(constantAt(context, 4).data),
    result: constantScalar(context, 6),
    inFloat: x.dtype === 'uint8',
  });
  return {
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
  };
}
