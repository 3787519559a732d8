/** A small quantised TensorFlow Lite classifier, with all that a file may say of itself. */
import { toRaw } from '../../src/core/raw.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { encodeTflite } from '../../src/formats/tflite/write/encode.ts';
import type { WrittenTensor } from '../../src/formats/tflite/write/file.ts';
import { encodeMetadata, withArchive } from './tflite-metadata.ts';

/** What the integers of its input and of its scores stand for. */
export const TINY_SCALES = {
  int8: { input: { scale: 0.0078125, zeroPoint: -1 }, scores: { scale: 0.00390625, zeroPoint: -20 } },
  uint8: { input: { scale: 0.0078125, zeroPoint: 127 }, scores: { scale: 0.00390625, zeroPoint: 108 } },
} as const;

/** The names of its classes. */
export const TINY_LABELS = ['red', 'green', 'blue', 'none'];

/**
 * 8×8 pictures to four scores, of one type at both ends: a convolution, whose weights have a scale for each channel where they
 * are int8, and a mean. `bare` says nothing of itself.
 */
export function tinyQuantised(type: 'int8' | 'uint8', bare = false): Uint8Array {
  const { input, scores } = TINY_SCALES[type];
  const affine = ({ scale, zeroPoint }: typeof input | typeof scores) => ({ scales: [scale], zeroPoints: [zeroPoint] });
  const offset = type === 'int8' ? 0 : 128;
  const weights = Array.from({ length: 4 * 27 }, (_, i) => ((i * 37) % 201) - 100 + offset);
  const scales = type === 'int8' ? [0.002, 0.004, 0.003, 0.005] : [0.004];
  const map = { scale: 0.0625, zeroPoint: scores.zeroPoint };
  const tensors: WrittenTensor[] = [
    { name: 'x', type, shape: [1, 8, 8, 3], quantisation: affine(input) },
    {
      name: 'weights',
      type,
      shape: [4, 3, 3, 3],
      data: toRaw(tensorOf(type, [108], weights)),
      quantisation: { scales, zeroPoints: scales.map(() => offset), axis: 0 },
    },
    {
      name: 'bias',
      type: 'int32',
      shape: [4],
      data: toRaw(tensorOf('int32', [4], [10000, -9000, 20000, 0])),
      quantisation: { scales: scales.map((s) => s * input.scale), zeroPoints: scales.map(() => 0), axis: 0 },
    },
    { name: 'map', type, shape: [1, 8, 8, 4], quantisation: { scales: [map.scale], zeroPoints: [map.zeroPoint] } },
    { name: 'axes', type: 'int32', shape: [2], data: toRaw(tensorOf('int32', [2], [1, 2])) },
    { name: 'y', type, shape: [1, 4], quantisation: affine(scores) },
  ];
  const file = encodeTflite({
    description: bare ? '' : 'a small one',
    subgraphs: [
      {
        tensors,
        operators: [
          { op: 'CONV_2D', inputs: [0, 1, 2], outputs: [3], options: ['Conv2D', { strideW: 1, strideH: 1 }] },
          { op: 'MEAN', inputs: [3, 4], outputs: [5], options: ['Reducer', { keepDims: false }] },
        ],
        inputs: [0],
        outputs: [5],
      },
    ],
    ...(bare
      ? {}
      : {
          signatures: [{ key: 'serving_default', subgraph: 0, inputs: { picture: 0 }, outputs: { scores: 5 } }],
          metadata: { TFLITE_METADATA: encodeMetadata({ name: 'tiny', labels: 'labels.txt' }) },
        }),
  });
  return bare ? file : withArchive(file, 'labels.txt', `${TINY_LABELS.join('\n')}\n`);
}
