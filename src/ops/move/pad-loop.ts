/** The CPU reference of Pad. */
import { zeros, type Shape } from '../../core/tensor.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { at, stridesOf } from '../../util/arrays.ts';
import type { Reference } from '../definition.ts';
import { tensorAt } from '../lib/operands.ts';

type PadKind = OpAttributes['Pad']['mode'];

/** Input coordinate of an output coordinate already shifted by the begin pad; −1 means the constant. */
function sourceCoordinate(c: number, extent: number, mode: PadKind): number {
  if (c >= 0 && c < extent) return c;
  if (mode === 'constant') return -1;
  if (mode === 'edge') return Math.min(extent - 1, Math.max(0, c));
  if (mode === 'wrap') return ((c % extent) + extent) % extent;
  return c < 0 ? -c : 2 * (extent - 1) - c;
}

/** For each output coordinate of each dimension, the input offset it reads, or −1 for the constant. */
function sourceOffsets(from: Shape, to: Shape, pads: readonly number[], mode: PadKind): number[][] {
  const strides = stridesOf(from);
  return to.map((extent, axis) =>
    Array.from({ length: extent }, (_, c) => {
      const source = sourceCoordinate(c - at(pads, axis), at(from, axis), mode);
      return source < 0 ? -1 : source * at(strides, axis);
    }),
  );
}

/** `OpDefinition.reference` of Pad. */
export const padReference: Reference<'Pad'> = ({ attributes: { mode } }, inputs, outputs) => {
  const x = tensorAt(inputs, 0);
  const pads = Array.from(tensorAt(inputs, 1).data);
  const y = zeros(x.dtype, at(outputs, 0).shape);
  const fill = inputs[2]?.data[0] ?? 0;
  const offsets = sourceOffsets(x.shape, y.shape, pads, mode);
  const strides = stridesOf(y.shape);
  for (let i = 0; i < y.data.length; i++) {
    let source = 0;
    for (let axis = 0; axis < y.shape.length && source >= 0; axis++) {
      const step = at(at(offsets, axis), Math.floor(i / at(strides, axis)) % at(y.shape, axis));
      source = step < 0 ? -1 : source + step;
    }
    y.data[i] = source < 0 ? fill : (x.data[source] ?? 0);
  }
  return [y];
};
