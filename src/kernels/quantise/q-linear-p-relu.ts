/** QLinearPRelu → one dispatch. */
import { fixed } from '../../ir/quantise/multipliers.ts';
import type { KernelDefinition, LowerContext } from '../definition.ts';
import { binaryVariants, functionOfReals, type BinaryFunction } from '../lib/quantised-binary.ts';
import { BYTES, BYTES_OR_MORE, multiplierAt, resultParams, SCALE, constantScalar } from '../lib/quantised.ts';

function functionOf(context: LowerContext<'QLinearPRelu'>): BinaryFunction {
  if (context.node.attributes.rounding === 'float-even') return functionOfReals(context, 'pRelu', 'product');
  const [sx, ss, sy] = [constantScalar(context, 1), constantScalar(context, 4), constantScalar(context, 6)];
  const [slopeMultiplier, slopeShift] = multiplierAt(fixed('twice', [(sx * ss) / sy]), 0);
  return {
    kind: 'pRelu',
    rule: 'twice',
    tables: [],
    params: {
      a_offset: -constantScalar(context, 2),
      b_offset: -constantScalar(context, 5),
      slope_multiplier: slopeMultiplier,
      slope_shift: slopeShift,
      ...resultParams(context.node.attributes, fixed('twice', [sx / sy]), constantScalar(context, 7)),
    },
  };
}

export const qLinearPRelu: KernelDefinition<'QLinearPRelu'> = {
  kind: 'dispatch',
  variants: binaryVariants(functionOf),
  inputs: [BYTES, SCALE, SCALE, BYTES, SCALE, SCALE, SCALE, SCALE],
  outputs: BYTES_OR_MORE,
};
