/** Elements chosen by their index, the largest elements of a row, and indices as rows of a unit matrix. */
import { tensorOf } from '../../../../../core/tensor.ts';
import { product, range, stridesOf } from '../../../../../util/arrays.ts';
import { oneHotOf } from '../../../../lib/composites.ts';
import { gather as gatherOf, whereOf } from '../../../../lib/tensorflow/gather.ts';
import type { GraphTranslation } from '../../context.ts';

export { gatherNd, topK } from '../../../../lib/tensorflow/gather.ts';

/** A vocabulary larger than this is no vision model but a damaged depth, or shape. */
const MAX_DEPTH = 2 ** 20;

/** OneHot(indices, depth, on, off) along the last axis. */
export const oneHot: GraphTranslation = (c) => {
  const axis = c.attr.int('axis', -1);
  if (axis !== -1) c.refuse(`axis ${axis}`);
  const depth = c.knownInt(1, 'a depth');
  if (depth < 0 || depth > MAX_DEPTH) c.refuse(`depth ${depth}`);
  return oneHotOf(c, c.input(0), depth, { on: c.input(2), off: c.input(3) });
};

export const gather: GraphTranslation = (c) =>
  gatherOf(c, c.inputCount > 2 ? c.knownInt(2, 'a gather axis') : 0, c.attr.int('batch_dims', 0));

/** SparseToDense(indices, shape, values, default), all of them known. */
export const sparseToDense: GraphTranslation = (c) => {
  const shape = c.knownInts(1, 'a shape');
  const indices = c.knownInts(0, 'indices');
  const values = c.knownInts(2, 'values');
  const [initial = 0] = c.knownInts(3, 'a default value');
  const count = product(shape);
  if (count > MAX_DEPTH) c.refuse(`a shape of [${shape.join(', ')}]`);
  const data = range(count).fill(initial);
  const strides = stridesOf(shape);
  for (let i = 0; i * shape.length < indices.length; i++) {
    const at = shape.reduce((sum, _, axis) => sum + (indices[i * shape.length + axis] ?? 0) * (strides[axis] ?? 0), 0);
    if (at < 0 || at >= count) c.fail(`index ${at} of ${count} elements`);
    // One value alone is that of every index.
    data[at] = (values.length === 1 ? values[0] : values[i]) ?? 0;
  }
  return c.one('Identity', [c.constant(tensorOf(c.constantInput(2)?.dtype ?? 'float32', shape, data))], {});
};

export const where: GraphTranslation = (c) => whereOf(c, 'int32');
