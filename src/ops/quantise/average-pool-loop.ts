/** The CPU reference of QLinearAveragePool: rounded means, the scale being the same before and after. */
import { roundAway } from '../../ir/quantise/multipliers.ts';
import { at } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import { within } from '../lib/quantised.ts';
import { foldWindows, meanFold } from '../pool/pool-loop.ts';

/** `OpDefinition.reference` of QLinearAveragePool. */
export const qLinearAveragePoolReference: Reference<'QLinearAveragePool'> = ({ attributes }, inputs, outputs) => {
  const mean = meanFold(attributes);
  const finish: typeof mean.finish = (acc, taps) => within(roundAway(mean.finish(acc, taps)), attributes.range);
  return [foldWindows(tensorAt(inputs, 0), attributes, at(outputs, 0), { ...mean, finish })];
};
