/** CropAndResize of onnxruntime on both backends beside it: boxes within, across the border, turned round and of no extent. */
import { describe, expect, it } from 'vitest';
import { ImportError, UnsupportedError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { Session } from '../../../src/session/session.ts';
import { openBoth } from '../../helpers/onnx-both.ts';
import { encodeModel, type OnnxModel } from '../../helpers/onnx-bytes.ts';
import { node, wave } from '../../helpers/onnx-models.ts';

const agrees = openBoth();

const x = wave([2, 3, 5, 7]);
const boxes = tensorOf(
  'float32',
  [5, 4],
  [0, 0, 1, 1, 0.1, 0.2, 0.55, 0.9, -0.3, 0.4, 1.2, 1.5, 0.8, 0.9, 0.2, 0.1, 0.5, 0.5, 0.5, 0.5],
);
const images = tensorOf('int32', [5], [0, 1, 1, 0, 1]);

function modelOf(size: Tensor | undefined, attributes = {}): OnnxModel {
  const inputs = { x, boxes, images, ...(size ? {} : { size: tensorOf('int32', [2], [3, 4]) }) };
  return {
    opset: { '': 17, 'com.microsoft': 1 },
    inputs: Object.entries(inputs).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    outputs: ['y'],
    nodes: [{ ...node('CropAndResize', 'x boxes images size', 'y', attributes), domain: 'com.microsoft' }],
    initializers: size ? [['size', size]] : [],
  };
}

const sized = (...values: number[]): Tensor => tensorOf('int32', [values.length], values);

describe('CropAndResize', () => {
  it.each([
    [3, 4],
    [1, 1],
    [5, 7],
    [1, 6],
  ])('to %i × %i', async (height, width) => {
    await agrees(modelOf(sized(height, width)), { x, boxes, images });
  });

  it('the nearest pixel, another number outside', async () => {
    const attributes = { mode: { s: 'nearest' }, extrapolation_value: { f: -2.5 } };
    await agrees(modelOf(sized(3, 4), attributes), { x, boxes, images });
  });

  it.each([
    ['a size that a run feeds', undefined, {}, UnsupportedError],
    ['a size of nothing', sized(0, 3), {}, ImportError],
    ['a size of one number', sized(3), {}, ImportError],
    ['another mode', sized(3, 4), { mode: { s: 'cubic' } }, UnsupportedError],
  ])('%s: refused', async (_, size, attributes, error) => {
    await expect(Session.create(encodeModel(modelOf(size, attributes)), { backend: 'cpu' })).rejects.toThrow(error);
  });
});
