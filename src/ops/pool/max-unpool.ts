/** MaxUnpool: the elements of a pool back where they came from, zeros elsewhere (Zeiler and Fergus, arXiv 1311.2901). */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, shapeText, zeros } from '../../core/tensor.ts';
import { unpoolExtents, type UnpoolExtents } from '../../ir/shapes/max-unpool.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import { at, product, sameArray, stridesOf } from '../../util/arrays.ts';
import type { OpDefinition, Operands } from '../definition.ts';
import { knownInts, operand, tensorAt } from '../lib/operands.ts';

function extentsOf(attributes: OpAttributes['MaxUnpool'], inputs: Operands): UnpoolExtents {
  const given = inputs[2] ? knownInts(inputs, 2, 'the extent of MaxUnpool') : undefined;
  return unpoolExtents(attributes, operand(inputs, 0).shape, given);
}

/**
 * x `[N, …S, C]` and indices of its shape, into a channels-first tensor flattened → `[N, …S', C]`. Of elements with one index
 * the last in channels-first order stays; those with an index beyond the tensor, or outside y, have no part. Throws
 * ShapeError where indices or extents do not fit.
 */
export const maxUnpool: OpDefinition<'MaxUnpool'> = {
  infer: ({ attributes }, inputs) => {
    const [x, indices] = [operand(inputs, 0), operand(inputs, 1)];
    if (indices.dtype !== 'int64' && indices.dtype !== 'int32') {
      throw new ShapeError(`indices of ${indices.dtype}; they must be int64 or int32`);
    }
    const { output } = extentsOf(attributes, inputs);
    if (!sameArray(x.shape, indices.shape)) {
      throw new ShapeError(
        `indices ${shapeText(indices.shape)} for ${shapeText(x.shape)}: the shapes must be the same`,
      );
    }
    const shape = [at(x.shape, 0), ...output, at(x.shape, x.shape.length - 1)];
    elementCount(shape);
    return [{ dtype: x.dtype, shape }];
  },
  shapeInputs: [2],
  reference: ({ attributes }, inputs, outputs) => {
    const [x, indices] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
    const { dtype, shape } = at(outputs, 0);
    const y = zeros(dtype, shape);
    const { counted } = extentsOf(
      attributes,
      inputs.map((t) => t && { ...t, value: t }),
    );
    const spatial = shape.slice(1, -1);
    const [pixels, channels] = [product(x.shape.slice(1, -1)), at(shape, shape.length - 1)];
    for (let plane = 0; plane < at(shape, 0) * channels; plane++) {
      const [n, c] = [Math.floor(plane / channels), plane % channels];
      for (let pixel = 0; pixel < pixels; pixel++) {
        const from = (n * pixels + pixel) * channels + c;
        const to = placeOf(at(indices.data, from), counted, spatial);
        if (to === undefined || to.plane >= at(shape, 0) * channels) continue;
        const image = Math.floor(to.plane / channels);
        y.data[(image * product(spatial) + to.pixel) * channels + (to.plane % channels)] = at(x.data, from);
      }
    }
    return [y];
  },
};

/** Which plane of a channels-first tensor an index lies in, and which pixel of the result it is; undefined where none. */
function placeOf(
  index: number,
  counted: readonly number[],
  spatial: readonly number[],
): { plane: number; pixel: number } | undefined {
  const size = product(counted);
  if (index < 0 || size === 0) return undefined;
  const [steps, strides] = [stridesOf(counted), stridesOf(spatial)];
  let pixel = 0;
  for (const [d, extent] of counted.entries()) {
    const i = Math.floor(index / at(steps, d)) % extent;
    if (i >= at(spatial, d)) return undefined;
    pixel += i * at(strides, d);
  }
  return { plane: Math.floor(index / size), pixel };
}
