/** Pad: adds (or, where negative, removes) elements at both ends of each dimension. */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, zeros, type Shape } from '../../core/tensor.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { at, stridesOf } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { knownInts, operand, tensorAt } from '../lib/operands.ts';

type PadKind = OpAttributes['Pad']['mode'];

function paddedShape(shape: Shape, pads: readonly number[], mode: PadKind): number[] {
  if (pads.length !== 2 * shape.length) {
    throw new ShapeError(`${pads.length} pads for a tensor of rank ${shape.length}; it takes two per dimension`);
  }
  const out = shape.map((extent, axis) => {
    const [begin, end] = [at(pads, axis), at(pads, axis + shape.length)];
    // Negative pads cut first; what is left is reflected or repeated.
    const kept = extent + Math.min(0, begin) + Math.min(0, end);
    const most = Math.max(begin, end);
    if (kept < 0)
      throw new ShapeError(`pads ${begin} and ${end} remove more than the extent ${extent} of axis ${axis}`);
    if (mode === 'reflect' && most > Math.max(0, kept - 1)) {
      throw new ShapeError(`cannot reflect ${most} elements at axis ${axis}, which has ${kept}`);
    }
    if (mode === 'edge' && most > 0 && kept === 0) throw new ShapeError(`axis ${axis} has no edge to repeat`);
    return extent + begin + end;
  });
  elementCount(out);
  return out;
}

/** Input coordinate of an output coordinate already shifted by the begin pad; −1 means the constant. */
function sourceCoordinate(c: number, extent: number, mode: PadKind): number {
  if (c >= 0 && c < extent) return c;
  if (mode === 'constant') return -1;
  if (mode === 'edge') return Math.min(extent - 1, Math.max(0, c));
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

/** Throws ShapeError on pads that are not known, remove more than there is, or reflect further than that. */
export const pad: OpDefinition<'Pad'> = {
  infer: (node, inputs) => {
    const { dtype, shape } = operand(inputs, 0);
    const constant = inputs[2];
    if (constant && (constant.dtype !== dtype || elementCount(constant.shape) !== 1)) {
      throw new ShapeError(`the pad value must be one ${dtype} element`);
    }
    return [{ dtype, shape: paddedShape(shape, knownInts(inputs, 1, 'the pads'), node.attributes.mode) }];
  },
  shapeInputs: [1],
  reference: ({ attributes: { mode } }, inputs) => {
    const x = tensorAt(inputs, 0);
    const pads = Array.from(tensorAt(inputs, 1).data);
    const y = zeros(x.dtype, paddedShape(x.shape, pads, mode));
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
  },
};
