/** Layers models on the GPU against the reference: volumes, series, transposed convolutions, norms, attention, channels first. */
import * as tf from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, describe, it } from 'vitest';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { Session } from '../../src/session/session.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { numbers, oneLayer, selfAttention, sequential } from '../helpers/keras-models.ts';
import { importerOf, randomFeeds, runReference, savedLayers } from '../helpers/tfjs-models.ts';
import { useBackend } from '../helpers/tfjs-oracle.ts';

const { layers } = tf;
const same = { padding: 'same' } as const;
const first = { dataFormat: 'channelsFirst' } as const;

beforeAll(() => useBackend('cpu'));

let session: Session | undefined;
afterEach(() => session?.dispose());

/** Compares the two at batch 2. */
async function check(files: ModelFiles): Promise<void> {
  const { graph } = await importerOf(files).load(files);
  const inputShapes = Object.fromEntries(graph.inputs.map((i) => [i.name, [2, ...i.shape.slice(1).map(Number)]]));
  const feeds = randomFeeds(graph, 3, inputShapes);
  session = await Session.create(graph, { gpu: async () => (await openGpu()).adapter, inputShapes });
  const results = await session.run(Object.fromEntries(feeds));
  for (const [name, value] of runReference(graph, feeds)) {
    const result = results[name];
    if (!result) throw new Error(`no output ${name}`);
    // At most three products of about 64 terms of size one each.
    expectClose(result, value, floatTolerance(64, 3), name);
  }
}

describe('layers on the GPU', () => {
  it('series: Conv1D, LayerNormalization, TimeDistributed', async () => {
    const model = sequential(
      [9, 3],
      layers.conv1d({ filters: 5, kernelSize: 3, strides: 2, activation: 'relu', ...same }),
      layers.layerNormalization({}),
      layers.averagePooling1d({ poolSize: 3, strides: 1, ...same }),
      layers.timeDistributed({ layer: layers.dense({ units: 3 }) }),
    );
    await check(await savedLayers(model));
  });

  it('volumes: Conv3D, pools, Conv3DTranspose', async () => {
    const model = sequential(
      [5, 6, 4, 2],
      layers.conv3d({ filters: 3, kernelSize: [2, 3, 1], strides: [1, 2, 1], activation: 'tanh', ...same }),
      layers.maxPooling3d({ poolSize: [2, 1, 2] }),
      layers.conv3dTranspose({ filters: 2, kernelSize: 3, strides: 2, ...same }),
      layers.averagePooling3d({ poolSize: 2, strides: 1, ...same }),
    );
    await check(await savedLayers(model));
  });

  it('channels first', async () => {
    const model = sequential(
      [3, 7, 8],
      layers.zeroPadding2d({ padding: 1, ...first }),
      layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, activation: 'relu', ...first }),
      layers.depthwiseConv2d({ kernelSize: 3, ...same, ...first }),
      layers.separableConv2d({ filters: 5, kernelSize: 3, ...same, ...first }),
      layers.upSampling2d({ size: [2, 3], ...first }),
      layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, ...same, ...first }),
      layers.maxPooling2d({ poolSize: 3, strides: 2, ...first }),
      layers.flatten(first),
      layers.dense({ units: 4, activation: 'softmax' }),
    );
    await check(await savedLayers(model));
  });

  it('GroupNormalization', async () => {
    const [gamma, beta] = [numbers([4]), numbers([4], 9)];
    await check(oneLayer('GroupNormalization', { groups: 2, axis: -1 }, [5, 3, 4], { gamma, beta }));
  });

  it('Conv1DTranspose', async () => {
    const config = { padding: 'same', strides: [2], output_padding: [1] };
    const weights = { kernel: numbers([3, 5, 2]), bias: numbers([5], 7) };
    await check(oneLayer('Conv1DTranspose', config, [4, 2], weights));
  });

  it('MultiHeadAttention', async () => {
    const { files } = await selfAttention(4, 2, 3, 5);
    await check(files);
  });
});
