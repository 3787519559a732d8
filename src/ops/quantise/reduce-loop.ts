/** The CPU reference of QLinearReduce: int32 sums, brought to the result's scale. */
import { axesOrAll } from '../../core/broadcast.ts';
import type { Tensor } from '../../core/tensor.ts';
import { reductionPlan } from '../../ir/quantise/reductions.ts';
import { at, product } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import { requantised, scalarAt } from '../lib/quantised.ts';
import { reduceReference } from '../reduce/reduce-loop.ts';
import { sumOver } from '../lib/real-products.ts';

/** `OpDefinition.reference` of QLinearReduce. */
export const qLinearReduceReference: Reference<'QLinearReduce'> = (node, inputs, outputs) => {
  const x = tensorAt(inputs, 0);
  const { kind, rounding, axes } = node.attributes;
  const folded = axesOrAll(axes, x.shape.length);
  const { subtracted, added, multipliers } = reductionPlan(kind, rounding, {
    scales: [scalarAt(inputs, 1), scalarAt(inputs, 3)],
    zeroPoints: [scalarAt(inputs, 2), scalarAt(inputs, 4)],
    count: product(folded.map((axis) => at(x.shape, axis))),
    lastAxis: folded.length === 1 && folded[0] === x.shape.length - 1,
  });
  const centre: Tensor = { dtype: 'int32', shape: x.shape, data: Int32Array.from(x.data, (v) => v - subtracted) };
  const output = at(outputs, 0);
  const sums = at(reduceReference(sumOver(node), [centre], [{ dtype: 'int32', shape: output.shape }]), 0);
  return [requantised(sums, multipliers, node.attributes, { zeroPoint: added, output })];
};
