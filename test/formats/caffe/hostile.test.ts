/** Broken and hostile networks: a graph or a typed error, in time and memory in proportion. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TilewiseError } from '../../../src/core/errors.ts';
import { tensorOf } from '../../../src/core/tensor.ts';
import { caffeImporter } from '../../../src/formats/caffe/index.ts';
import type { ModelFiles } from '../../../src/formats/importer.ts';
import { range } from '../../../src/util/arrays.ts';
import { caffeFiles } from '../../helpers/caffe-models.ts';
import { cpuSecondsOf } from '../../helpers/cpu-time.ts';
import { randomSource } from '../../helpers/random.ts';
import { hasSharedData, sharedPath } from '../../helpers/shared-data.ts';

async function outcome(files: ModelFiles): Promise<string> {
  try {
    await caffeImporter.load(files);
    return 'graph';
  } catch (error) {
    if (!(error instanceof TilewiseError)) throw error;
    expect(error.message).toMatch(/net\.(prototxt|caffemodel)/);
    return error.message;
  }
}

const text = `name: "n" input: "x" input_dim: [1, 2, 5, 5]
layer { name: "c" type: "Convolution" bottom: "x" top: "y" convolution_param { num_output: 2 kernel_size: 3 } }
layer { name: "p" type: "Pooling" bottom: "y" top: "y2" pooling_param { pool: AVE kernel_size: 2 } }
layer { name: "s" type: "Softmax" bottom: "y2" top: "z" }`;
const weights = { c: [tensorOf('float32', [2, 2, 3, 3], range(36)), tensorOf('float32', [2], [1, 2])] };

describe('a small network', () => {
  it('is whole', async () => {
    expect(await outcome(caffeFiles(text, weights))).toBe('graph');
  });

  it('survives every cut of its text', async () => {
    for (const at of range(text.length)) await outcome(caffeFiles(text.slice(0, at), weights));
  });

  it('survives 500 changes of a character', async () => {
    const random = randomSource(40);
    for (let i = 0; i < 500; i++) {
      const at = Math.floor(random() * text.length);
      const other = String.fromCharCode(Math.floor(random() * 128));
      await outcome(caffeFiles(text.slice(0, at) + other + text.slice(at + 1), weights));
    }
  });
});

describe.skipIf(!hasSharedData)('a published network', () => {
  const [net, blobs] = hasSharedData
    ? ['prototxt', 'caffemodel'].map((end) => new Uint8Array(readFileSync(sharedPath(`caffe/mtcnn_det1.${end}`))))
    : [];
  const source = new TextDecoder().decode(net);

  it('is refused where its weights are cut', async () => {
    const whole = blobs ?? new Uint8Array();
    for (let length = 0; length < whole.length; length += 97) {
      expect(await outcome(caffeFiles(source, whole.subarray(0, length)))).not.toBe('graph');
    }
  });

  it('survives 300 changes of a byte of its weights', async () => {
    const random = randomSource(41);
    for (let i = 0; i < 300; i++) {
      const changed = (blobs ?? new Uint8Array()).slice();
      changed[Math.floor(random() * changed.length)] = Math.floor(random() * 256);
      await outcome(caffeFiles(source, changed));
    }
  });
});

describe('what is declared without end', () => {
  it.each([
    ['outputs', text.replace('num_output: 2', 'num_output: 2147483647'), /blob 0 is/],
    ['a kernel', text.replace('kernel_size: 3', 'kernel_size: 4294967296'), /kernel_size is no integer of 32 bits/],
    ['a number of no integer', text.replace('kernel_size: 3', 'kernel_size: 1e300'), /kernel_size is no integer/],
    ['extents', text.replace('5, 5]', '9007199254740993, 5]'), /input_dim is no integer/],
    ['messages in messages', 'layer {'.repeat(100_000), /deeper than 64/],
    ['fields', 'a{}'.repeat(1_100_000), /more than 1048576 fields/],
    ['a comment', `name: "n"\n#${'#'.repeat(5_000_000)}`, /has no layers/],
    ['a string', `name: "${'\\n'.repeat(3_000_000)}"`, /has no layers/],
    ['blanks', `name: "n"${' \n'.repeat(3_000_000)}`, /has no layers/],
  ])('%s', async (_, source, message) => {
    const seconds = await cpuSecondsOf(async () => expect(await outcome(caffeFiles(source, weights))).toMatch(message));
    // Each takes a second at most.
    expect(seconds).toBeLessThan(10);
  });
});

describe('many layers take time in proportion', () => {
  const many = range(30_000);
  const head = 'input: "x" input_dim: [1, 1, 1, 1]';

  it.each([
    [
      'in a row',
      many.map((i) => `layer { name: "l${i}" type: "ReLU" bottom: "${i ? `b${i - 1}` : 'x'}" top: "b${i}" }`),
    ],
    ['in place', many.map((i) => `layer { name: "l" type: "ReLU" bottom: "${i ? 'y' : 'x'}" top: "y" }`)],
    ['side by side', many.map((i) => `layer { name: "l${i}" type: "Dropout" bottom: "x" top: "b${i}" }`)],
    [
      'that nobody knows, each of two',
      many.map(
        (i) =>
          `layer { name: "l${i}" type: "No" bottom: "${i ? `b${i - 1}` : 'x'}" bottom: "${i ? `b${i - 1}` : 'x'}" top: "b${i}" }`,
      ),
    ],
  ])('%s', async (_, layers) => {
    const seconds = await cpuSecondsOf(() => outcome(caffeFiles([head, ...layers].join('\n'))));
    // Quadratic work would take minutes; linear takes a second.
    expect(seconds).toBeLessThan(20);
  });
});
