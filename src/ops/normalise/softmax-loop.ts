/** The CPU reference of Softmax: every slice visited three times, for its largest element, its sum and its results. */
import { normalizeAxes } from '../../core/broadcast.ts';
import { zeros } from '../../core/tensor.ts';
import { at, range, stridesOf } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';
import { stridedOffsets } from '../lib/strided.ts';

/** `OpDefinition.reference` of Softmax. */
export const softmaxReference: Reference<'Softmax'> = ({ attributes }, inputs) => {
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
};
