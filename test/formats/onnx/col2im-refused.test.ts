/** Col2Im whose columns, blocks and pictures do not fit each other. */
import { describe, expect, it } from 'vitest';
import { ImportError, ShapeError, UnsupportedError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import { encodeModel, type OnnxNode } from '../../helpers/onnx-bytes.ts';

interface Form {
  readonly image: readonly number[];
  readonly block: readonly number[];
  readonly attributes?: OnnxNode['attributes'];
}

/** Opens a model of one node. */
function open(x: Tensor, { image, block, attributes }: Form): Promise<Session> {
  const lists = Object.entries({ image, block });
  return Session.create(
    encodeModel({
      opset: 18,
      inputs: [{ name: 'x', dtype: x.dtype, shape: x.shape }],
      outputs: ['y'],
      nodes: [node('Col2Im', 'x image block', 'y', attributes)],
      initializers: lists.map(([name, values]) => [name, tensorOf('int64', [values.length], values)]),
    }),
    { backend: 'cpu' },
  );
}

const square = { image: [4, 4], block: [2, 2] };
const pads = (...values: number[]): OnnxNode['attributes'] => ({ pads: { ints: values } });

describe('Col2Im that does not fit', () => {
  it.each([
    ['too few columns', wave([1, 4, 8]), square, ShapeError],
    ['as many elements in other columns', wave([1, 6, 6]), square, ShapeError],
    ['channels that are no blocks', wave([2, 6, 9]), square, ShapeError],
    ['columns of two dimensions', wave([4, 9]), square, ImportError],
    ['a block larger than the image', wave([1, 4, 9]), { image: [4, 1], block: [2, 2] }, ImportError],
    ['blocks of one dimension', wave([1, 4, 9]), { image: [4, 4], block: [2] }, ImportError],
    ['an image without pixels', wave([1, 4, 9]), { image: [0, 4], block: [2, 2] }, ImportError],
    ['pads of one side', wave([1, 4, 9]), { ...square, attributes: pads(1, 1) }, ImportError],
    ['pads that cut', wave([1, 4, 9]), { ...square, attributes: pads(-1, 0, 0, 0) }, UnsupportedError],
    ['an image of no end', wave([1, 4, 9]), { image: [2 ** 30, 4], block: [2, 2] }, UnsupportedError],
    ['four dimensions', wave([1, 1, 1]), { image: [1, 1, 1, 1], block: [1, 1, 1, 1] }, UnsupportedError],
    ['integers', tensorOf('int32', [1, 4, 9], Array(36).fill(1)), square, UnsupportedError],
  ])('%s', async (_, x, form, error) => {
    await expect(open(x, form)).rejects.toThrow(error);
  });
});
