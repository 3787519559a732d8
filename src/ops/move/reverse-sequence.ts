/** ReverseSequence: sequences of a batch, each of which is turned round as far as it is long. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { shapeText, zeros, type Shape } from '../../core/tensor.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { at, stridesOf } from '../../util/arrays.ts';
import type { InputDescs, OpDefinition } from '../definition.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { checkIndexType } from '../index/gather.ts';

/** Both axes, counted from the front. Throws ShapeError where they are one, or the lengths are not as many as the batch. */
export function sequenceAxes(
  { batchAxis, timeAxis }: OpAttributes['ReverseSequence'],
  shape: Shape,
  [, lengths]: InputDescs,
): { readonly batch: number; readonly time: number } {
  const [batch, time] = [normalizeAxis(batchAxis, shape.length), normalizeAxis(timeAxis, shape.length)];
  if (batch === time) throw new ShapeError(`the batch and the time are both axis ${batch}`);
  if (lengths?.shape.length !== 1 || lengths.shape[0] !== at(shape, batch)) {
    throw new ShapeError(`lengths ${shapeText(lengths?.shape ?? [])} are not those of ${at(shape, batch)} sequences`);
  }
  checkIndexType(lengths);
  return { batch, time };
}

/**
 * The type and shape of x. A length beyond the end is that of the whole, a negative one is 0; throws ShapeError where such a length
 * is known.
 */
export const reverseSequence: OpDefinition<'ReverseSequence'> = {
  infer: ({ attributes }, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const { time } = sequenceAxes(attributes, shape, inputs);
    const extent = at(shape, time);
    operand(inputs, 1).value?.data.forEach((length) => {
      if (length < 0 || length > extent) throw new ShapeError(`a sequence of ${length} is none of up to ${extent}`);
    });
    return [{ dtype, shape }];
  },
  bounded: ({ attributes }, input, axis, inputs) => {
    const [x, lengths] = [operand(inputs, 0), operand(inputs, 1)];
    const { batch, time } = sequenceAxes(attributes, x.shape, inputs);
    if (input === 0 && axis !== batch) return axis === time ? undefined : axis;
    const fits = x.bounded?.axis === batch && lengths.bounded?.count === x.bounded.count;
    return fits ? batch : undefined;
  },
  reference: ({ attributes }, inputs) => {
    const [x, lengths] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
    const { batch, time } = sequenceAxes(attributes, x.shape, inputs);
    const strides = stridesOf(x.shape);
    const extent = at(x.shape, time);
    const y = zeros(x.dtype, x.shape);
    for (let i = 0; i < y.data.length; i++) {
      const step = Math.floor(i / at(strides, time)) % extent;
      const sequence = Math.floor(i / at(strides, batch)) % at(x.shape, batch);
      const length = Math.min(at(lengths.data, sequence), extent);
      const other = step < length ? length - 1 - step : step;
      y.data[i] = x.data[i + (other - step) * at(strides, time)] ?? 0;
    }
    return [y];
  },
};
