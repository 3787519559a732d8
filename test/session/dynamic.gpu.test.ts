/** Networks whose activations a run quantises: the CPU and the GPU against onnxruntime. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tolerance } from '../../src/core/compare.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Session } from '../../src/session/session.ts';
import { expectClose } from '../helpers/close.ts';
import { dynamicCnn, dynamicMlp } from '../helpers/dynamic-networks.ts';
import { encodeModel, type OnnxModel } from '../helpers/onnx-bytes.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

let device: GPUDevice;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
});
afterAll(() => device.destroy());

/** Sums of floats in another order: means of pictures, and what a scale is made of. No integer is another. */
const TOLERANCE: Tolerance = { rtol: 1e-5, atol: 1e-6 };

const NETWORKS: Readonly<Record<string, readonly [OnnxModel, readonly (readonly number[])[]]>> = {
  'a perceptron': [
    dynamicMlp(),
    [
      [1, 24],
      [5, 24],
    ],
  ],
  'a convolutional network': [
    dynamicCnn(),
    [
      [1, 3, 12, 12],
      [2, 3, 9, 13],
    ],
  ],
};

describe('dynamically quantised', () => {
  it.each(Object.keys(NETWORKS))('%s', async (name) => {
    const [model, shapes] = NETWORKS[name] ?? [];
    if (!model || !shapes) throw new TypeError(name);
    const bytes = encodeModel(model);
    const inputShapes = { x: shapes[0] ?? [] };
    using cpu = await Session.create(bytes, { backend: 'cpu', inputShapes });
    using gpu = await Session.create(bytes, { gpu: device, inputShapes });
    for (const shape of shapes) {
      const x = randomTensor('float32', shape, randomSource(3), -2, 3);
      const [want] = (await ortRun(bytes, new Map([['x', x]]))).values();
      if (!want) throw new TypeError('no output');
      for (const [backend, session] of Object.entries({ cpu, gpu })) {
        const [got] = Object.values(await session.run({ x }));
        expect(got).toBeDefined();
        if (got) expectClose(got, want, TOLERANCE, `${backend} [${shape}]`);
      }
    }
  });
});
