/** A TensorFlow Lite file of two subgraphs, each with a signature that calls tensors otherwise than the file does. */
import { toRaw } from '../../src/core/raw.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { encodeTflite } from '../../src/formats/tflite/write/encode.ts';
import type { WrittenModel, WrittenTensor } from '../../src/formats/tflite/write/file.ts';

const float = (name: string, data?: readonly number[]): WrittenTensor => ({
  name,
  type: 'float32',
  shape: [1, 4],
  ...(data ? { data: toRaw(tensorOf('float32', [4], data)) } : {}),
});

/**
 * `encode` multiplies by constants. `decode` subtracts: its signature lists what is subtracted first, and calls the result what
 * `encode` calls its input.
 */
export const TWO_SIGNATURES: WrittenModel = {
  subgraphs: [
    {
      name: 'main',
      tensors: [float('x:0'), float('table', [1, 2, 4, 8]), float('PartitionedCall:0')],
      operators: [{ op: 'MUL', inputs: [0, 1], outputs: [2] }],
      inputs: [0],
      outputs: [2],
    },
    {
      name: 'second',
      tensors: [
        float('a:0'),
        float('b:0'),
        float('shift', [0.5, 0.5, 0.5, 0.5]),
        float('d'),
        float('PartitionedCall:1'),
      ],
      operators: [
        { op: 'SUB', inputs: [0, 1], outputs: [3] },
        { op: 'ADD', inputs: [3, 2], outputs: [4] },
      ],
      inputs: [0, 1],
      outputs: [4],
    },
  ],
  signatures: [
    { key: 'encode', subgraph: 0, inputs: { picture: 0 }, outputs: { code: 2 } },
    { key: 'decode', subgraph: 1, inputs: { offset: 1, code: 0 }, outputs: { picture: 4 } },
  ],
};

export const twoSignatures = (): Uint8Array => encodeTflite(TWO_SIGNATURES);

const row = (...data: readonly number[]): Tensor => tensorOf('float32', [1, 4], data);

/** What each signature gives for what it takes. */
export const SIGNATURE_RUNS = {
  encode: { feeds: { picture: row(1, -1, 0.5, 3) }, outputs: { code: [1, -2, 2, 24] } },
  decode: {
    feeds: { code: row(1, 2, 3, 4), offset: row(4, 0.25, 3, -4) },
    outputs: { picture: [-2.5, 2.25, 0.5, 8.5] },
  },
} as const;
