/** The CPU reference of QLinearReduce: int32 sums, brought to the result's scale. */
import { axesOrAll } from '../../core/broadcast.ts';
import { zeros, type Tensor } from '../../core/tensor.ts';
import { floatReduction, reductionPlan } from '../../ir/quantise/reductions.ts';
import { at, product } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import { requantised, scalarAt, within } from '../lib/quantised.ts';
import { reduceReference } from '../reduce/reduce-loop.ts';
import { sumOver } from '../lib/real-products.ts';

/** `OpDefinition.reference` of QLinearReduce. */
export const qLinearReduceReference: Reference<'QLinearReduce'> = (node, inputs, outputs) => {
  const x = tensorAt(inputs, 0);
  const { kind, rounding, axes } = node.attributes;
  const folded = axesOrAll(axes, x.shape.length);
  const plan = reductionPlan(kind, rounding, {
    scales: [scalarAt(inputs, 1), scalarAt(inputs, 3)],
    zeroPoints: [scalarAt(inputs, 2), scalarAt(inputs, 4)],
    count: product(folded.map((axis) => at(x.shape, axis))),
  });
  const subtracted = plan.rule === 'fixed' ? plan.subtracted : 0;
  const centre: Tensor = { dtype: 'int32', shape: x.shape, data: Int32Array.from(x.data, (v) => v - subtracted) };
  const output = at(outputs, 0);
  const sums = at(reduceReference(sumOver(node), [centre], [{ dtype: 'int32', shape: output.shape }]), 0);
  if (plan.rule === 'fixed')
    return [requantised(sums, plan.multipliers, node.attributes, { zeroPoint: plan.added, output })];
  const y = zeros(output.dtype, output.shape);
  sums.data.forEach((sum, i) => (y.data[i] = within(floatReduction(plan, sum), node.attributes.range)));
  return [y];
};
