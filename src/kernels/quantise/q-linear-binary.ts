/** QLinearBinary → one dispatch. */
import { extremesOf } from '../../core/extremes.ts';
import { productMultipliers } from '../../ir/quantise/multipliers.ts';
import { sumPlan } from '../../ir/quantise/sums.ts';
import { required, type KernelDefinition, type LowerContext } from '../definition.ts';
import { binaryVariants, type BinaryFunction } from '../lib/quantised-binary.ts';
import { BYTES, BYTES_OR_MORE, intConstant, resultParams, SCALE, constantScalar } from '../lib/quantised.ts';

function functionOf(context: LowerContext<'QLinearBinary'>): BinaryFunction {
  const { attributes } = context.node;
  const { kind, rounding } = attributes;
  const [first, second, scale] = [constantScalar(context, 1), constantScalar(context, 4), constantScalar(context, 6)];
  const [za, zb] = [constantScalar(context, 2), constantScalar(context, 5)];
  if (kind === 'mul') {
    const multipliers = productMultipliers(rounding, { first, second: [second], result: scale, inFloat: false });
    const offsets = { a_offset: -za, b_offset: -zb };
    const params = { ...offsets, ...resultParams(attributes, multipliers, constantScalar(context, 7)) };
    return { kind, rule: multipliers.rule, tables: [], params };
  }
  const [lowest] = extremesOf(required(context, 0).dtype);
  const scales = { scales: [first, second, scale], zeroPoints: [za, zb] } as const;
  const { terms, multipliers } = sumPlan(kind, rounding, lowest, scales);
  return {
    kind,
    rule: multipliers.rule,
    tables: terms.map(intConstant),
    params: {
      a_offset: -lowest,
      b_offset: -lowest,
      ...resultParams(attributes, multipliers, constantScalar(context, 7)),
    },
  };
}

export const qLinearBinary: KernelDefinition<'QLinearBinary'> = {
  kind: 'dispatch',
  variants: binaryVariants(functionOf),
  inputs: [BYTES, SCALE, SCALE, BYTES, SCALE, SCALE, SCALE, SCALE],
  outputs: BYTES_OR_MORE,
};
