/** The models of the script that runs on onnxruntime-web and on tilewise. */
import { tensorOf } from '../../src/core/tensor.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';
import type { Models } from './script.ts';

const KERNEL = tensorOf(
  'float32',
  [4, 3, 3, 3],
  Array.from({ length: 108 }, (_, i) => Math.cos(i * 0.3) / 3),
);

/** Makes them. */
export function scriptModels(): Models {
  const network = encodeModel({
    opset: 13,
    inputs: [{ name: 'x', dtype: 'float32', shape: ['n', 3, 6, 6] }],
    outputs: [
      { name: 'y', dtype: 'float32', shape: ['n', 4, 6, 6] },
      { name: 'sum', dtype: 'float32', shape: ['n', 4, 1, 1] },
      { name: 'class', dtype: 'int64', shape: ['n', 1, 6, 6] },
    ],
    initializers: [['kernel', KERNEL]],
    nodes: [
      { op: 'Conv', inputs: ['x', 'kernel'], outputs: ['c'], attributes: { pads: { ints: [1, 1, 1, 1] } } },
      { op: 'Relu', inputs: ['c'], outputs: ['y'] },
      { op: 'GlobalAveragePool', inputs: ['y'], outputs: ['sum'] },
      { op: 'ArgMax', inputs: ['c'], outputs: ['class'], attributes: { axis: { i: 1 } } },
    ],
  });
  const types = encodeModel({
    opset: 13,
    inputs: [
      { name: 'a', dtype: 'int64', shape: [3] },
      { name: 'keep', dtype: 'bool', shape: [3] },
      { name: 'h', dtype: 'float16', shape: [3] },
    ],
    outputs: [
      { name: 'picked', dtype: 'int64', shape: [3] },
      { name: 'half', dtype: 'float16', shape: [3] },
      { name: 'not', dtype: 'bool', shape: [3] },
    ],
    initializers: [['zero', tensorOf('int64', [1], [0])]],
    nodes: [
      { op: 'Where', inputs: ['keep', 'a', 'zero'], outputs: ['picked'] },
      { op: 'Mul', inputs: ['h', 'h'], outputs: ['half'] },
      { op: 'Not', inputs: ['keep'], outputs: ['not'] },
    ],
  });
  return { network, types };
}
