/** The CPU reference of QLinearAveragePool: rounded means. */
import { meanMultiplier, roundedMean } from '../../ir/quantise/reductions.ts';
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

/** The mean in another scale, by ONNX's rule. */
function scaledMean({ countIncludePad }: Attributes, inputs: Tensors): PoolFold {
  const [sx, zx, sy, zy] = [scalarAt(inputs, 1), scalarAt(inputs, 2), scalarAt(inputs, 3), scalarAt(inputs, 4)];
  return {
    start: 0,
    step: (acc, v) => acc + v - zx,
    finish: (acc, { padded, pixels }) =>
      roundedMean(acc, meanMultiplier([sx, sy], Math.max(1, countIncludePad ? padded : pixels.length)), zy),
  };
}
