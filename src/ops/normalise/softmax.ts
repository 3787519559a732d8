/**
 * Softmax and log-softmax over several axes together, shifted by the largest element so that no exponential overflows.
 * A NaN, a +Infinity, or nothing but −Infinity makes its whole slice NaN.
 */
import { normalizeAxes } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { zeros } from '../../core/tensor.ts';
import { at, range, stridesOf } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { operand, tensorAt, requireFloat } from '../lib/operands.ts';
import { stridedOffsets } from '../lib/strided.ts';

/** Keeps shape and type, floats only. Throws ShapeError without an axis. */
export const softmax: OpDefinition<'Softmax'> = {
  infer: ({ attributes: { axes } }, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    requireFloat({ dtype, shape }, 'Softmax');
    if (axes.length === 0) throw new ShapeError('Softmax needs at least one axis');
    normalizeAxes(axes, shape.length);
    return [{ dtype, shape }];
  },
  reference: ({ attributes }, inputs) => {
    const x = tensorAt(inputs, 0);
    const y = zeros(x.dtype, x.shape);
    const strides = stridesOf(x.shape);
    const folded = normalizeAxes(attributes.axes, x.shape.length);
    const kept = range(x.shape.length).filter((axis) => !folded.includes(axis));
    const offsets = (axes: readonly number[]): Int32Array =>
      stridedOffsets(
        axes.map((axis) => at(x.shape, axis)),
        axes.map((axis) => at(strides, axis)),
      );
    const within = offsets(folded);
    for (const base of offsets(kept)) {
      let most = -Infinity;
      for (const o of within) most = Math.max(most, x.data[base + o] ?? 0);
      let total = 0;
      for (const o of within) total += Math.exp((x.data[base + o] ?? 0) - most);
      for (const o of within) {
        const shifted = (x.data[base + o] ?? 0) - most;
        y.data[base + o] = attributes.log ? shifted - Math.log(total) : Math.exp(shifted) / total;
      }
    }
    return [y];
  },
};
