/** QLinearBinary: sums, differences, products and squared differences of integers, broadcast. */
import { broadcastShapes } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { extremesOf } from '../../core/extremes.ts';
import type { Tensor } from '../../core/tensor.ts';
import { productMultipliers, rescale } from '../../ir/quantise/multipliers.ts';
import { sumPlan } from '../../ir/quantise/sums.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition, Tensors } from '../definition.ts';
import { zipTensors } from '../lib/elementwise.ts';
import { quantisedOperand, quantisedResult, scalarAt, within, TWO_OPERANDS } from '../lib/quantised.ts';
import { tensorAt } from '../lib/operands.ts';

/** The function of two integers, without the result's zero point. */
function functionOf({ kind, rounding }: NodeOf<'QLinearBinary'>['attributes'], inputs: Tensors) {
  const [first, second, result] = [scalarAt(inputs, 1), scalarAt(inputs, 4), scalarAt(inputs, 6)];
  const [za, zb] = [scalarAt(inputs, 2), scalarAt(inputs, 5)];
  if (kind === 'mul') {
    const multipliers = productMultipliers(rounding, { first, second: [second], result, inFloat: false });
    return (a: number, b: number): number => rescale(multipliers, (a - za) * (b - zb));
  }
  const [lowest] = extremesOf(tensorAt(inputs, 0).dtype);
  const { terms, multipliers } = sumPlan(kind, rounding, lowest, {
    scales: [first, second, result],
    zeroPoints: [za, zb],
  });
  return (a: number, b: number): number => {
    const sum = at(terms[0], a - lowest) + at(terms[1], b - lowest);
    return rescale(multipliers, kind === 'squaredDifference' ? Math.imul(sum, sum) : sum);
  };
}

/** Operands of one type. Throws ShapeError where they, or their scales, do not fit. */
export const qLinearBinary: OpDefinition<'QLinearBinary'> = {
  infer: (_node, inputs) => {
    const [a, b] = [quantisedOperand(inputs, 0), quantisedOperand(inputs, 3)];
    if (a.dtype !== b.dtype) throw new ShapeError(`operands of ${a.dtype} and ${b.dtype} are of two types`);
    return [quantisedResult(inputs, 6, broadcastShapes(a.shape, b.shape))];
  },
  reference: ({ attributes }, inputs, outputs): readonly Tensor[] => {
    const [f, zeroPoint] = [functionOf(attributes, inputs), scalarAt(inputs, 7)];
    return [
      zipTensors(tensorAt(inputs, 0), tensorAt(inputs, 3), at(outputs, 0), (a, b) =>
        within(f(a, b) + zeroPoint, attributes.range),
      ),
    ];
  },
  quantised: TWO_OPERANDS,
};
