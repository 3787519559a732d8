/** The CPU reference of QLinearAveragePool: rounded means. */
import { meanScales, nearestStep } from '../../ir/quantise/reals.ts';
import { roundAway } from '../../ir/quantise/multipliers.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { Reference, Tensors } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import { scalarAt, within } from '../lib/quantised.ts';
import { foldWindows, meanFold } from '../pool/pool-loop.ts';

/** `OpDefinition.reference` of QLinearAveragePool. */
export const qLinearAveragePoolReference: Reference<'QLinearAveragePool'> = ({ attributes }, inputs, outputs) => {
  const mean = attributes.rounding === 'float-even' ? scaledMean(attributes, inputs) : plainMean(attributes);
  const finish: PoolFold['finish'] = (acc, taps) => within(mean.finish(acc, taps), attributes.range);
  return [foldWindows(tensorAt(inputs, 0), attributes, at(outputs, 0), { ...mean, finish })];
};

type PoolFold = ReturnType<typeof meanFold>;
type Attributes = NodeOf<'QLinearAveragePool'>['attributes'];

/** The scale being the same before and after. */
function plainMean(attributes: Attributes): PoolFold {
  const mean = meanFold(attributes);
  return { ...mean, finish: (acc, taps) => roundAway(mean.finish(acc, taps)) };
}

/** The mean of real numbers, one added to the other, by ONNX's rule. */
function scaledMean(attributes: Attributes, inputs: Tensors): PoolFold {
  const [sx, zx, sy, zy] = [scalarAt(inputs, 1), scalarAt(inputs, 2), scalarAt(inputs, 3), scalarAt(inputs, 4)];
  const [unit, scale] = meanScales([sx, sy]);
  const mean = meanFold(attributes);
  return {
    start: 0,
    step: (acc, v) => Math.fround(acc + Math.fround(unit * (v - zx))),
    finish: (acc, taps) => nearestStep(Math.fround(mean.finish(acc, taps)), scale, zy),
  };
}
