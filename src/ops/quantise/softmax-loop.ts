/** The CPU references of QLinearSoftmax: softmax and its logarithm, of a row at a time. */
import { extremesOf } from '../../core/extremes.ts';
import { zeros } from '../../core/tensor.ts';
import { softmaxQuotients, softmaxTables, SUM_BITS, type SoftmaxTables } from '../../ir/quantise/softmax.ts';
import { at } from '../../util/arrays.ts';
import { fixedMultiplier, highProduct, logOfSum, reciprocal, roundingShift, scaled } from '../../util/fixed-point.ts';
import type { Reference } from '../definition.ts';
import { scalarAt, within } from '../lib/quantised.ts';
import { tensorAt } from '../lib/operands.ts';
import { slicesAlong } from '../lib/slices.ts';

/** A row's results by how far an element is below the largest, the lowest integer of the type being 0. */
type RowFunction = (sum: number) => (difference: number) => number;

/** Softmax: an exponential times the reciprocal of their sum, in 1/256. */
function softmaxOf({ exponentials }: SoftmaxTables): RowFunction {
  return (sum) => {
    const { raw, bitsOverUnit } = reciprocal(sum, SUM_BITS);
    return (difference) => roundingShift(highProduct(raw, at(exponentials, difference)), bitsOverUnit + 31 - 8);
  };
}

/** The logarithm of softmax in 1/16, 255 being zero. */
function logSoftmaxOf({ differences, counted }: SoftmaxTables, multiplier: number): RowFunction {
  return (sum) => {
    const log = logOfSum(sum);
    const lowest = Math.max(-counted, scaled((log - 2 ** 31) | 0, fixedMultiplier(multiplier)));
    return (difference) =>
      -difference > lowest ? roundingShift(at(differences, difference) - log, 31 - 5 - 4) + 255 : 0;
  };
}

/** `OpDefinition.reference` of QLinearSoftmax. */
export const qLinearSoftmaxReference: Reference<'QLinearSoftmax'> = (node, inputs, outputs) =>
  (node.attributes.rounding === 'float-even' && !node.attributes.log ? byQuotients : inFixedPoint)(
    node,
    inputs,
    outputs,
  );

const byQuotients: Reference<'QLinearSoftmax'> = ({ attributes }, inputs, outputs) => {
  const x = tensorAt(inputs, 0);
  const y = zeros(at(outputs, 0).dtype, x.shape);
  const [scale, result, zeroPoint] = [scalarAt(inputs, 1), scalarAt(inputs, 3), scalarAt(inputs, 4)];
  for (const elements of slicesAlong(x.shape, attributes.axis)) {
    const { exponentials, steps } = softmaxQuotients(attributes, { scale, result, n: elements.length });
    const largest = elements.reduce((most, i) => Math.max(most, x.data[i] ?? 0), -Infinity);
    const part = (i: number): number => at(exponentials, largest - (x.data[i] ?? 0));
    const sum = elements.reduce((total, i) => total + part(i), 0);
    for (const i of elements) {
      const rounded = Math.floor((part(i) * steps + Math.floor(sum / 2)) / sum);
      y.data[i] = within(rounded + zeroPoint, attributes.range);
    }
  }
  return [y];
};

const inFixedPoint: Reference<'QLinearSoftmax'> = ({ attributes }, inputs, outputs) => {
  const x = tensorAt(inputs, 0);
  const { axis, beta, log, range } = attributes;
  const scale = scalarAt(inputs, 1);
  const tables = softmaxTables(attributes, scale);
  const rowOf = log ? logSoftmaxOf(tables, 1 / (beta * scale * 2 ** 26)) : softmaxOf(tables);
  const y = zeros(at(outputs, 0).dtype, x.shape);
  const [lowest] = extremesOf(y.dtype);
  for (const elements of slicesAlong(x.shape, axis)) {
    const largest = elements.reduce((most, i) => Math.max(most, x.data[i] ?? 0), -Infinity);
    // A sum has 32 bits, without a sign, of which the logarithm takes 31: a row too long for them has the largest number.
    const whole = elements.reduce((total, i) => total + at(tables.terms, largest - (x.data[i] ?? 0)), 0);
    const sum = Math.min(whole, log ? 2 ** 31 - 1 : 2 ** 32 - 1);
    const result = rowOf(sum);
    for (const i of elements) {
      const difference = largest - (x.data[i] ?? 0);
      y.data[i] = within((difference < tables.counted ? result(difference) : 0) + lowest, range);
    }
  }
  return [y];
};
