/** Pad of opset 18 (axes) and 21 (more element types). */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import { alsoIn, type LaterCases } from './later.ts';

const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);
const x = wave([2, 3, 5]);

export const LATER_PAD: LaterCases = {
  Pad: alsoIn(
    [19, 21, 23, 24],
    [
      {
        name: 'some axes',
        opset: 18,
        node: node('Pad', 'x pads value axes', 'y', { mode: { s: 'constant' } }),
        inputs: { x },
        constants: { pads: ints(1, 2, 0, 3), value: tensorOf('float32', [], [7]), axes: ints(0, 2) },
      },
      {
        name: 'axes from the end, reflected',
        opset: 18,
        node: node('Pad', 'x pads  axes', 'y', { mode: { s: 'reflect' } }),
        inputs: { x },
        constants: { pads: ints(2, 3), axes: ints(-1) },
      },
      {
        name: 'edges of int32',
        opset: 18,
        node: node('Pad', 'x pads', 'y', { mode: { s: 'edge' } }),
        inputs: { x: tensorOf('int32', [2, 3], [1, -2, 3, 2 ** 31 - 1, 5, -(2 ** 31)]) },
        constants: { pads: ints(1, 0, 0, 2) },
      },
      {
        name: 'cut and filled with false',
        opset: 18,
        node: node('Pad', 'x pads', 'y'),
        inputs: { x: tensorOf('bool', [2, 3], [1, 0, 1, 1, 1, 0]) },
        constants: { pads: ints(0, -1, 1, 1) },
      },
      {
        name: 'int8',
        opset: 18,
        node: node('Pad', 'x pads value', 'y'),
        inputs: { x: tensorOf('int8', [2, 3], [1, -128, 127, 4, 5, 6]) },
        constants: { pads: ints(1, 0, 0, 1), value: tensorOf('int8', [], [-7]) },
      },
      {
        name: 'float16',
        opset: 18,
        node: node('Pad', 'x pads', 'y', { mode: { s: 'reflect' } }),
        inputs: { x: wave([3, 4], 'float16') },
        constants: { pads: ints(2, 1, 1, 3) },
      },
    ],
  ),
};
