/** QLinearBinary: sums, differences, products and squared differences of integers, broadcast. */
import { broadcastShapes } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { extremesOf } from '../../core/extremes.ts';
import type { Tensor } from '../../core/tensor.ts';
import { productMultipliers, rescale } from '../../ir/quantise/multipliers.ts';
import { nearestStep, realPlan } from '../../ir/quantise/reals.ts';
import { sumPlan } from '../../ir/quantise/sums.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import type { OpDefinition, Tensors } from '../definition.ts';
import { zipTensors } from '../lib/elementwise.ts';
import { quantisedOperand, quantisedResult, scalarAt, scalesOfTwo, within, TWO_OPERANDS } from '../lib/quantised.ts';
import { tensorAt } from '../lib/operands.ts';

/** The function of two integers, not yet held in the result's range. */
function functionOf({ kind, rounding }: NodeOf<'QLinearBinary'>['attributes'], inputs: Tensors) {
  const zeroPoint = scalarAt(inputs, 7);
  const [lowest] = extremesOf(tensorAt(inputs, 0).dtype);
  const given = scalesOfTwo(inputs);
  const { scales, zeroPoints } = given;
  if (rounding === 'float-even' && kind !== 'squaredDifference') {
    const { terms, scale } = realPlan(kind === 'mul' ? 'product' : 'sum', lowest, given);
    const real = { add: sum, sub: difference, mul: product }[kind];
    return (a: number, b: number): number =>
      nearestStep(real(at(terms[0], a - lowest), at(terms[1], b - lowest)), scale, zeroPoint);
  }
  if (kind === 'mul') {
    const [first, second, result] = scales;
    const multipliers = productMultipliers(rounding, { first, second: [second], result, inFloat: false });
    return (a: number, b: number): number =>
      rescale(multipliers, (a - zeroPoints[0]) * (b - zeroPoints[1])) + zeroPoint;
  }
  const { terms, multipliers } = sumPlan(kind, rounding, lowest, given);
  return (a: number, b: number): number => {
    const both = at(terms[0], a - lowest) + at(terms[1], b - lowest);
    return rescale(multipliers, kind === 'squaredDifference' ? Math.imul(both, both) : both) + zeroPoint;
  };
}

const sum = (a: number, b: number): number => Math.fround(a + b);
const difference = (a: number, b: number): number => Math.fround(a - b);
const product = (a: number, b: number): number => Math.fround(a * b);

/** Operands of one type. Throws ShapeError where they, or their scales, do not fit. */
export const qLinearBinary: OpDefinition<'QLinearBinary'> = {
  infer: (_node, inputs) => {
    const [a, b] = [quantisedOperand(inputs, 0), quantisedOperand(inputs, 3)];
    if (a.dtype !== b.dtype) throw new ShapeError(`operands of ${a.dtype} and ${b.dtype} are of two types`);
    return [quantisedResult(inputs, 6, broadcastShapes(a.shape, b.shape))];
  },
  reference: ({ attributes }, inputs, outputs): readonly Tensor[] => {
    const f = functionOf(attributes, inputs);
    return [
      zipTensors(tensorAt(inputs, 0), tensorAt(inputs, 3), at(outputs, 0), (a, b) => within(f(a, b), attributes.range)),
    ];
  },
  quantised: TWO_OPERANDS,
};
