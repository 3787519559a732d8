/** Tasks on pictures in Node: a model by path, a catalogue model from a folder, and what is said of the wrong ones. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError, LoadError } from '../../src/core/errors.ts';
import { createClassifier, createDetector } from '../../src/node/index.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';

const backend = 'cpu';
const red = { width: 1, height: 1, data: Uint8Array.of(255, 0, 0, 255) };
let folder = '';

/** Scores of a picture are the means of its channels. */
function channelMeans(height: number, width: number): Uint8Array {
  return encodeModel({
    opset: 13,
    inputs: [{ name: 'picture', dtype: 'float32', shape: [1, 3, height, width] }],
    outputs: [{ name: 'scores', dtype: 'float32', shape: [1, 3] }],
    nodes: [
      {
        op: 'ReduceMean',
        inputs: ['picture'],
        outputs: ['means'],
        attributes: { axes: { ints: [2, 3] }, keepdims: { i: 0 } },
      },
      { op: 'Softmax', inputs: ['means'], outputs: ['scores'] },
    ],
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tilewise-tasks-'));
  writeFileSync(join(folder, 'net.onnx'), channelMeans(4, 4));
  mkdirSync(join(folder, 'nsfw-mobilenet-v2'));
  writeFileSync(join(folder, 'nsfw-mobilenet-v2/net.onnx'), channelMeans(4, 4));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('in Node', () => {
  it('a classifier is opened by its path', async () => {
    const labels = ['red', 'green', 'blue'];
    using classifier = await createClassifier(join(folder, 'net.onnx'), { backend, labels });
    expect((await classifier.classify(red, { topK: 1 }))[0]?.label).toBe('red');
  });

  it('a catalogue model comes from the folder that modelBase names', async () => {
    const preprocessing = { width: 4, height: 4, layout: 'nchw' } as const;
    const options = { backend, modelBase: folder, labels: ['a', 'b', 'c'], preprocessing } as const;
    using classifier = await createClassifier('nsfw-mobilenet-v2', options);
    expect((await classifier.classify(red))[0]?.label).toBe('a');
    await expect(createClassifier('nsfw-inception-v3', options)).rejects.toBeInstanceOf(LoadError);
  });

  it('a model for another task is refused', async () => {
    await expect(createDetector('nsfw-mobilenet-v2', { backend })).rejects.toBeInstanceOf(InputError);
    await expect(createClassifier(join(folder, 'nte.onnx'), { backend })).rejects.toThrow(/Did you mean .*net\.onnx/);
  });
});
