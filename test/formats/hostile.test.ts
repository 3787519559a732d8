/**
 * Broken files: whatever the bytes, an importer gives a graph or a TilewiseError, quickly and without allocating what
 * the file merely declares.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TilewiseError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { detect, importModel } from '../../src/formats/detect.ts';
import type { Importer } from '../../src/formats/importer.ts';
import { onnxImporter } from '../../src/formats/onnx/index.ts';
import { safetensorsImporter } from '../../src/formats/safetensors/index.ts';
import { tfliteImporter } from '../../src/formats/tflite/index.ts';
import { encodeTflite } from '../../src/formats/tflite/write/encode.ts';
import { cpuSecondsOf } from '../helpers/cpu-time.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';
import { randomSource } from '../helpers/random.ts';
import { encodeSafetensors } from '../helpers/safetensors-bytes.ts';
import { encodeMetadata } from '../helpers/tflite-metadata.ts';
import { hasSharedData, sharedPath } from '../helpers/shared-data.ts';

/** The most processor time that any one file may take, in seconds: each takes milliseconds. */
const MAX_SECONDS = 10;

const noFile = (): Promise<never> => Promise.reject(new TypeError('no file'));

async function outcome(importer: Importer, bytes: Uint8Array): Promise<'graph' | 'error'> {
  const before = process.memoryUsage().arrayBuffers;
  let result: 'graph' | 'error' = 'graph';
  const seconds = await cpuSecondsOf(async () => {
    try {
      await importer.load({ main: { name: 'hostile.bin', bytes }, read: noFile });
    } catch (error) {
      if (!(error instanceof TilewiseError)) throw error;
      expect(error.message).toContain('hostile.bin');
      result = 'error';
    }
  });
  expect(seconds).toBeLessThan(MAX_SECONDS);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20 + 8 * bytes.length);
  return result;
}

const smallOnnx = encodeModel({
  opset: 13,
  inputs: [{ name: 'x', dtype: 'float32', shape: ['N', 3, 8, 8] }],
  outputs: ['y'],
  initializers: [
    ['w', tensorOf('float32', [2, 3, 3, 3], new Float32Array(54))],
    ['s', tensorOf('int64', [2], [1, -1])],
    ['typed', { dataType: 7, dims: [3], int64s: [1, 2, 3] }],
  ],
  nodes: [
    {
      op: 'Conv',
      name: 'c',
      inputs: ['x', 'w'],
      outputs: ['a'],
      attributes: { kernel_shape: { ints: [3, 3] }, pads: { ints: [1, 1, 1, 1] } },
    },
    { op: 'Constant', inputs: [], outputs: ['k'], attributes: { value: { t: tensorOf('float32', [1], [6]) } } },
    { op: 'Min', inputs: ['a', 'k'], outputs: ['b'] },
    { op: 'Reshape', inputs: ['b', 's'], outputs: ['r'] },
    { op: 'Softmax', inputs: ['r'], outputs: ['y'], attributes: { axis: { i: 1 } } },
  ],
});

const smallSafetensors = encodeSafetensors({
  a: tensorOf('float32', [2, 2], [1, 2, 3, 4]),
  b: tensorOf('int64', [3], [1, 2, 3]),
});

const float = (name: string, shape: readonly number[]) => ({ name, type: 'float32', shape }) as const;
const stored = (name: string, shape: readonly number[], count: number) => ({
  ...float(name, shape),
  data: new Uint8Array(4 * count),
});

const smallTflite = encodeTflite({
  description: 'a network',
  subgraphs: [
    {
      tensors: [
        float('x', [1, 4, 4, 2]),
        {
          ...float('w', [3, 2, 2, 2]),
          type: 'int8',
          data: new Uint8Array(24).fill(5),
          quantisation: { scales: [0.5, 1, 2], zeroPoints: [0, 0, 0], axis: 0 },
        },
        stored('b', [3], 3),
        float('c', [1, 4, 4, 3]),
        { name: 'shape', type: 'int32', shape: [2], data: Uint8Array.of(1, 0, 0, 0, 48, 0, 0, 0) },
        { ...float('y', [1, 48]), signature: [-1, 48] },
        {
          ...stored('sparse', [3, 4], 2),
          sparsity: { order: [0, 1], dimensions: [{ size: 3 }, { segments: [0, 1, 1, 2], indices: [3, 0] }] },
        },
        float('dense', [3, 4]),
      ],
      operators: [
        {
          op: 'CONV_2D',
          inputs: [0, 1, 2],
          outputs: [3],
          options: ['Conv2D', { strideH: 1, strideW: 1, activation: 1 }],
        },
        { op: 'RESHAPE', inputs: [3, 4], outputs: [5], options: ['Reshape', { newShape: [1, 48] }] },
        { op: 'DENSIFY', inputs: [6], outputs: [7] },
      ],
      inputs: [0],
      outputs: [5, 7],
    },
  ],
  signatures: [{ key: 'serving_default', subgraph: 0, inputs: { image: 0 }, outputs: { scores: 5 } }],
  metadata: { TFLITE_METADATA: encodeMetadata({ name: 'Net', mean: [1], std: [2], labels: 'labels.txt' }) },
});

const FORMATS = [
  ['tflite', tfliteImporter, smallTflite],
  ['onnx', onnxImporter, smallOnnx],
  ['safetensors', safetensorsImporter, smallSafetensors],
] as const;

describe.each(FORMATS)('%s', (_, importer, valid) => {
  const random = randomSource(20);
  const byte = (): number => Math.floor(random() * 256);

  it('survives every truncation', async () => {
    for (let n = 0; n < valid.length; n++) expect(await outcome(importer, valid.subarray(0, n))).toBe('error');
  });

  it('survives 300 random byte strings', async () => {
    for (let i = 0; i < 300; i++) {
      await outcome(importer, Uint8Array.from({ length: Math.floor(random() * 400) }, byte));
    }
  });

  it('survives 300 random single-byte corruptions', async () => {
    for (let i = 0; i < 300; i++) {
      const bytes = valid.slice();
      bytes[Math.floor(random() * bytes.length)] = byte();
      await outcome(importer, bytes);
    }
  });

  it('survives random bytes behind a valid beginning', async () => {
    for (let i = 0; i < 300; i++) {
      const bytes = valid.slice();
      const from = Math.floor(random() * bytes.length);
      await outcome(
        importer,
        bytes.map((b, at) => (at < from ? b : byte())),
      );
    }
  });
});

describe.skipIf(!hasSharedData)('a real ONNX model', () => {
  const valid = hasSharedData
    ? new Uint8Array(readFileSync(sharedPath('onnx/light_shufflenet.onnx')))
    : new Uint8Array();

  it('is refused at 200 truncations', async () => {
    const random = randomSource(21);
    for (let i = 0; i < 200; i++) {
      const bytes = valid.subarray(0, Math.floor(random() * valid.length));
      expect(await outcome(onnxImporter, bytes)).toBe('error');
    }
  });

  it('survives 300 random single-byte corruptions', async () => {
    const random = randomSource(22);
    for (let i = 0; i < 300; i++) {
      const bytes = valid.slice();
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      await outcome(onnxImporter, bytes);
    }
  });
});

it('imports 30,000 nodes of one name that read one value in linear time', async () => {
  const nodes = Array.from({ length: 30_000 }, (_, i) => ({
    op: i % 2 ? 'Relu' : 'Conv',
    name: 'same',
    inputs: i % 2 ? ['x'] : ['x', 'w'],
    outputs: [`y${i}`],
    attributes: i % 2 ? {} : { kernel_shape: { ints: [1, 1] } },
  }));
  const w = tensorOf('float32', [1, 1, 1, 1], [1]);
  const inputs = [{ name: 'x', dtype: 'float32', shape: [1, 1, 1, 1] }] as const;
  const bytes = encodeModel({ opset: 13, inputs, outputs: ['y9'], nodes, initializers: [['w', w]] });
  const seconds = await cpuSecondsOf(() => onnxImporter.load({ main: { name: 'x', bytes }, read: noFile }));
  // Quadratic work would take a minute; linear takes half a second.
  expect(seconds).toBeLessThan(20);
});

it('a file of empty functions is refused before it takes memory', async () => {
  const tag = [0xca, 0x01, 0];
  const functions = Uint8Array.from({ length: 3e6 }, (_, i) => tag[i % 3] ?? 0);
  expect(await outcome(onnxImporter, Buffer.concat([smallOnnx, functions]))).toBe('error');
});

describe('detection', () => {
  it('survives random bytes and truncations of every format', async () => {
    const random = randomSource(23);
    for (let i = 0; i < 300; i++) {
      const source = [smallOnnx, smallSafetensors, smallTflite, new Uint8Array(64)][i % 4] ?? smallOnnx;
      const bytes = source.slice(0, Math.floor(random() * source.length));
      for (let k = 0; k < (i % 4 === 3 ? bytes.length : 1); k++) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      try {
        await importModel({ main: { name: 'x', bytes }, read: noFile });
      } catch (error) {
        expect(error).toBeInstanceOf(TilewiseError);
      }
    }
  });

  it('still sees ONNX in a truncated file', async () => {
    expect((await detect({ name: 'x', bytes: smallOnnx.subarray(0, smallOnnx.length >> 1) })).format).toBe('onnx');
  });
});
