/** ScatterND: slices written over those of x, or joined to them, where rows of indices say. */
import { ShapeError } from '../../core/errors.ts';
import { shapeText, type Shape, type TensorDesc } from '../../core/tensor.ts';
import { at, product, stridesOf } from '../../util/arrays.ts';
import type { OpDefinition } from '../definition.ts';
import { boundTogether } from '../lib/bound-together.ts';
import { operand, tensorAt } from '../lib/operands.ts';
import { checkUpdates, scattered } from '../lib/scatter.ts';
import { checkIndices, checkIndexType, positionWithin } from './gather.ts';

/** How many dimensions a row of indices goes into. Throws ShapeError where x has fewer. */
function rowDepth(x: Shape, indices: TensorDesc): number {
  checkIndexType(indices);
  const depth = indices.shape.at(-1) ?? 0;
  if (depth < 1 || depth > x.length) {
    throw new ShapeError(`indices ${shapeText(indices.shape)} into ${shapeText(x)} do not fit`);
  }
  return depth;
}

/**
 * x, but for what is written. Throws ShapeError where indices or updates do not fit, an index is known and outside, or the
 * reduction is not defined on the type.
 */
export const scatterND: OpDefinition<'ScatterND'> = {
  infer: ({ attributes }, inputs) => {
    const [x, indices, updates] = [operand(inputs, 0), operand(inputs, 1), operand(inputs, 2)];
    const depth = rowDepth(x.shape, indices);
    checkUpdates(x, updates, [...indices.shape.slice(0, -1), ...x.shape.slice(depth)], attributes.reduction);
    checkIndices(indices, x.shape.slice(0, depth));
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  bounded: (_, input, axis, inputs) => {
    const [x, indices, updates] = inputs;
    const rank = (indices?.shape.length ?? 0) - 1;
    // Slices that are not there go nowhere, where it is told how many there are.
    if (input > 0 && axis === 0 && rank > 0) {
      return inputs[3] && boundTogether(0, [indices, updates]) !== undefined ? null : undefined;
    }
    // Inside slices those of the updates are as long as those of x.
    const depth = at(indices?.shape ?? [], rank);
    const own = input === 0 ? axis : axis - rank + depth;
    const [here, there] = [x?.bounded, updates?.bounded];
    const fits = input !== 1 && own >= depth && here?.axis === own && there?.axis === own + rank - depth;
    return fits && here.count === there.count ? own : undefined;
  },
  reference: ({ attributes }, inputs) => {
    const [x, indices, updates] = [tensorAt(inputs, 0), tensorAt(inputs, 1), tensorAt(inputs, 2)];
    const depth = rowDepth(x.shape, indices);
    const strides = stridesOf(x.shape);
    const inner = product(x.shape.slice(depth));
    const rows = Int32Array.from({ length: product(indices.shape.slice(0, -1)) }, (_, row) => {
      let start = 0;
      for (let q = 0; q < depth && start >= 0; q++) {
        const place = positionWithin(at(indices.data, row * depth + q), at(x.shape, q));
        start = place < 0 ? -1 : start + place * at(strides, q);
      }
      return start;
    });
    const targetOf = (i: number): number => {
      const start = at(rows, Math.floor(i / inner));
      return start < 0 ? -1 : start + (i % inner);
    };
    return [scattered(x, updates, attributes.reduction, targetOf)];
  },
};
