/** TensorFlow Lite files: every operator's cases, and what files keep beside operators. */
import { LoadError } from '../../../src/core/errors.ts';
import { encodeTflite } from '../../../src/formats/tflite/write/encode.ts';
import { OPERATOR_CASES } from '../../formats/tflite/cases.ts';
import { encodeMetadata, withArchive } from '../../helpers/tflite-metadata.ts';
import { modelOf, type OneOperator } from '../../helpers/tflite-models.ts';
import { FLATBUFFER_MUTATORS, remade } from '../mutate/tflite.ts';
import type { FuzzTarget } from '../target.ts';
import { inspectModel } from './inspect.ts';

const cases = Object.entries(OPERATOR_CASES).flatMap(([op, uses]): OneOperator[] =>
  Object.values(uses).map((use) => ({ op, ...use })),
);

/** A file with all that may stand beside operators. */
const described = withArchive(
  encodeTflite({
    description: 'a network',
    subgraphs: [
      {
        tensors: [
          { name: 'x', type: 'float32', shape: [1, 4], signature: [-1, 4] },
          {
            name: 'w',
            type: 'int8',
            shape: [2, 4],
            data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
            quantisation: { scales: [0.5, 2], zeroPoints: [0, 0], axis: 0 },
          },
          { name: 'h', type: 'float16', shape: [2], data: Uint8Array.of(0, 60, 0, 64) },
          { name: 'b', type: 'float32', shape: [2] },
          { name: 'y', type: 'float32', shape: [1, 2], signature: [-1, 2] },
          {
            name: 's',
            type: 'float32',
            shape: [3, 4],
            data: new Uint8Array(8),
            sparsity: { order: [0, 1], dimensions: [{ size: 3 }, { segments: [0, 1, 1, 2], indices: [3, 0] }] },
          },
          { name: 'd', type: 'float32', shape: [3, 4] },
        ],
        operators: [
          { op: 'DEQUANTIZE', inputs: [2], outputs: [3] },
          { op: 'FULLY_CONNECTED', inputs: [0, 1, 3], outputs: [4], options: ['FullyConnected', { activation: 1 }] },
          { op: 'DENSIFY', inputs: [5], outputs: [6] },
        ],
        inputs: [0],
        outputs: [4, 6],
      },
    ],
    signatures: [{ key: 'serving_default', subgraph: 0, inputs: { image: 0 }, outputs: { scores: 4 } }],
    metadata: { TFLITE_METADATA: encodeMetadata({ mean: [1], std: [2], labels: 'labels.txt' }) },
  }),
  'labels.txt',
  'cat\ndog\n',
  true,
);

function noFile(file: string): Promise<never> {
  return Promise.reject(new LoadError('there is no such file', { file }));
}

/** The target. */
export const tflite: FuzzTarget = {
  seeds: [...Array.from({ length: 20 }, () => described), ...cases.map((one) => encodeTflite(modelOf(one)))],
  mutators: [...FLATBUFFER_MUTATORS, remade(cases)],
  run: (bytes, settings) => {
    const main = { name: 'model.tflite', bytes };
    return inspectModel({ main, read: noFile }, settings);
  },
};
