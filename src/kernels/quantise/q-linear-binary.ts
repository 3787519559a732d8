/** QLinearBinary → one dispatch. */
import { extremesOf } from '../../core/extremes.ts';
import { productMultipliers } from '../../ir/quantise/multipliers.ts';
import { sumPlan } from '../../ir/quantise/sums.ts';
import { required, type KernelDefinition, type LowerContext } from '../definition.ts';
import { binaryVariants, functionOfReals, type BinaryFunction } from '../lib/quantised-binary.ts';
import {
  BYTES,
  BYTES_OR_MORE,
  intConstant,
  resultParams,
  SCALE,
  constantScalar,
  constantScales,
} from '../lib/quantised.ts';

function functionOf(context: LowerContext<'QLinearBinary'>): BinaryFunction {
  const { attributes } = context.node;
  const { kind, rounding } = attributes;
  const given = constantScales(context);
  const zeroPoint = constantScalar(context, 7);
  if (rounding === 'float-even' && kind !== 'squaredDifference') {
    return functionOfReals(context, kind, kind === 'mul' ? 'product' : 'sum');
  }
  if (kind === 'mul') {
    const [first, second, result] = given.scales;
    const multipliers = productMultipliers(rounding, { first, second: [second], result, inFloat: false });
    const offsets = { a_offset: -given.zeroPoints[0], b_offset: -given.zeroPoints[1] };
    const params = { ...offsets, ...resultParams(attributes, multipliers, zeroPoint) };
    return { kind, rule: multipliers.rule, tables: [], params };
  }
  const [lowest] = extremesOf(required(context, 0).dtype);
  const { terms, multipliers } = sumPlan(kind, rounding, lowest, given);
  return {
    kind,
    rule: multipliers.rule,
    tables: terms.map(intConstant),
    params: { a_offset: -lowest, b_offset: -lowest, ...resultParams(attributes, multipliers, zeroPoint) },
  };
}

export const qLinearBinary: KernelDefinition<'QLinearBinary'> = {
  kind: 'dispatch',
  variants: binaryVariants(functionOf),
  inputs: [BYTES, SCALE, SCALE, BYTES, SCALE, SCALE, SCALE, SCALE],
  outputs: BYTES_OR_MORE,
};
