/** QLinearPRelu: integers that keep their sign are rescaled, the others multiplied by a slope that broadcasts. */
import { broadcastShapes } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { extremesOf } from '../../core/extremes.ts';
import { shapeText } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { fixed, rescale } from '../../ir/quantise/multipliers.ts';
import { nearestStep, realPlan } from '../../ir/quantise/reals.ts';
import { at, sameArray } from '../../util/arrays.ts';
import type { OpDefinition, Tensors } from '../definition.ts';
import { zipTensors } from '../lib/elementwise.ts';
import { vectorAxis } from '../lib/parameters.ts';
import { tensorAt } from '../lib/operands.ts';
import { quantisedOperand, quantisedResult, scalarAt, scalesOfTwo, within, TWO_OPERANDS } from '../lib/quantised.ts';

/** The function of an integer and its slope, not yet held in the result's range. */
function functionOf({ rounding }: NodeOf<'QLinearPRelu'>['attributes'], inputs: Tensors) {
  const given = scalesOfTwo(inputs);
  const [sx, ss, sy] = given.scales;
  const [zx, zs] = given.zeroPoints;
  const zeroPoint = scalarAt(inputs, 7);
  if (rounding === 'float-even') {
    const [lowest] = extremesOf(tensorAt(inputs, 0).dtype);
    const { terms, scale, one } = realPlan('product', lowest, given);
    return (x: number, slope: number): number => {
      const factor = x >= zx ? one : at(terms[1], slope - lowest);
      return nearestStep(Math.fround(at(terms[0], x - lowest) * factor), scale, zeroPoint);
    };
  }
  const [kept, sloped] = [fixed('twice', [sx / sy]), fixed('twice', [(sx * ss) / sy])];
  return (x: number, slope: number): number =>
    (x >= zx ? rescale(kept, x - zx) : rescale(sloped, (x - zx) * (slope - zs))) + zeroPoint;
}

/** Operands of one type; keeps the shape of x. Throws ShapeError where the slope does not broadcast to it. */
export const qLinearPRelu: OpDefinition<'QLinearPRelu'> = {
  infer: (_node, inputs) => {
    const [x, slope] = [quantisedOperand(inputs, 0), quantisedOperand(inputs, 3)];
    if (x.dtype !== slope.dtype) throw new ShapeError(`operands of ${x.dtype} and ${slope.dtype} are of two types`);
    if (!sameArray(broadcastShapes(x.shape, slope.shape), x.shape)) {
      throw new ShapeError(`a slope of ${shapeText(slope.shape)} does not broadcast to ${shapeText(x.shape)}`);
    }
    return [quantisedResult(inputs, 6, x.shape)];
  },
  reference: ({ attributes }, inputs, outputs) => {
    const f = functionOf(attributes, inputs);
    const [x, slope] = [tensorAt(inputs, 0), tensorAt(inputs, 3)];
    return [zipTensors(x, slope, at(outputs, 0), (a, b) => within(f(a, b), attributes.range))];
  },
  parameters: (_node, inputs) => [{ slot: 3, role: 'scale', channels: vectorAxis(inputs[3]?.shape ?? []) }],
  quantised: TWO_OPERANDS,
};
