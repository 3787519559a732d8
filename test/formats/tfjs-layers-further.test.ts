/** Layers of one and three dimensions, channels first, series, attention, against TensorFlow.js; what it has not, by formula. */
import { image as tfImage, tensor4d } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { range } from '../../src/util/arrays.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import {
  asJson,
  numbers,
  type KerasLayer,
  oneLayer,
  selfAttention,
  sequential,
  weight,
} from '../helpers/keras-models.ts';
import { importerOf, modelFiles, randomFeeds, runReference, savedLayers } from '../helpers/tfjs-models.ts';
import { tfjsPredict, useBackend } from '../helpers/tfjs-oracle.ts';

const { layers } = tf;
type Symbolic = tf.SymbolicTensor;

beforeAll(() => useBackend('cpu'));

/** Imports a model and runs the reference at batch 2, feeds random. */
async function runOurs(files: ModelFiles): Promise<{ feeds: Map<string, Tensor>; outputs: Map<string, Tensor> }> {
  const { graph } = await importerOf(files).load(files);
  const shapes = Object.fromEntries(graph.inputs.map((i) => [i.name, [2, ...i.shape.slice(1).map(Number)]]));
  const feeds = randomFeeds(graph, 3, shapes);
  return { feeds, outputs: runReference(graph, feeds) };
}

async function check(files: ModelFiles): Promise<void> {
  const { feeds, outputs } = await runOurs(files);
  const expected = await tfjsPredict(files, feeds);
  for (const [name, value] of expected) {
    const result = outputs.get(name);
    if (!result) throw new Error(`no output ${name}`);
    // At most three products of about 64 terms of size one each.
    expectClose(result, value, floatTolerance(64, 3), name);
  }
}

const same = { padding: 'same' } as const;
const first = { dataFormat: 'channelsFirst' } as const;

const single: readonly (readonly [string, readonly number[], () => KerasLayer[]])[] = [
  ['Conv1D same stride 2', [9, 3], () => [layers.conv1d({ filters: 5, kernelSize: 3, strides: 2, ...same })]],
  [
    'Conv2DTranspose same',
    [4, 5, 3],
    () => [layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, ...same })],
  ],
  ['Conv2DTranspose valid', [4, 5, 3], () => [layers.conv2dTranspose({ filters: 2, kernelSize: [4, 2], strides: 3 })]],
  [
    'Conv2DTranspose channels first',
    [3, 4, 5],
    () => [layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, activation: 'relu', ...first })],
  ],
  ['Conv3DTranspose', [2, 3, 2, 2], () => [layers.conv3dTranspose({ filters: 2, kernelSize: 3, strides: 2, ...same })]],
  ['MaxPooling1D', [9, 3], () => [layers.maxPooling1d({ poolSize: 3, strides: 2, ...same })]],
  ['AveragePooling1D', [9, 3], () => [layers.averagePooling1d({ poolSize: 2 })]],
  ['GlobalAveragePooling1D', [5, 3], () => [layers.globalAveragePooling1d()]],
  ['GlobalMaxPooling1D', [5, 3], () => [layers.globalMaxPooling1d()]],
  ['Conv3D', [4, 5, 3, 2], () => [layers.conv3d({ filters: 3, kernelSize: [2, 3, 1], strides: [1, 2, 1], ...same })]],
  ['MaxPooling3D', [4, 5, 3, 2], () => [layers.maxPooling3d({ poolSize: [2, 2, 1] })]],
  ['AveragePooling3D same', [4, 5, 3, 2], () => [layers.averagePooling3d({ poolSize: 2, strides: 1, ...same })]],
  ['LayerNormalization', [4, 6], () => [layers.layerNormalization({})]],
  ['LayerNormalization of an inner axis', [4, 5, 3], () => [layers.layerNormalization({ axis: 2 })]],
  ['LayerNormalization of two axes', [4, 5, 3], () => [layers.layerNormalization({ axis: [2, 3], scale: false })]],
  ['LayerNormalization of axes out of order', [4, 5, 3], () => [layers.layerNormalization({ axis: [-1, 1] })]],
  ['ThresholdedReLU', [4, 5], () => [layers.thresholdedReLU({ theta: 0.3 })]],
  ['RepeatVector', [5], () => [layers.repeatVector({ n: 3 })]],
  ['Embedding', [7], () => [layers.embedding({ inputDim: 5, outputDim: 3 })]],
  [
    'Embedding with a mask that nothing heeds',
    [7],
    () => [
      layers.embedding({ inputDim: 5, outputDim: 3, maskZero: true }),
      layers.conv1d({ filters: 2, kernelSize: 3 }),
      layers.globalMaxPooling1d(),
    ],
  ],
  ['TimeDistributed of Dense', [4, 5], () => [layers.timeDistributed({ layer: layers.dense({ units: 3 }) })]],
  [
    'TimeDistributed of Conv2D',
    [2, 5, 6, 3],
    () => [
      layers.timeDistributed({ layer: layers.conv2d({ filters: 2, kernelSize: 3, activation: 'tanh' }) }),
      layers.flatten(),
    ],
  ],
  ['CenterCrop', [8, 9, 3], () => [layers.centerCrop({ height: 1, width: 1 })]],
  ['Conv2D channels first', [3, 7, 8], () => [layers.conv2d({ filters: 4, kernelSize: 3, ...same, ...first })]],
  [
    'softmax of a Conv2D channels first',
    [3, 7, 8],
    () => [layers.conv2d({ filters: 4, kernelSize: 3, activation: 'softmax', ...first })],
  ],
  [
    'DepthwiseConv2D channels first',
    [3, 7, 8],
    () => [layers.depthwiseConv2d({ kernelSize: 3, strides: 2, ...same, ...first })],
  ],
  [
    'SeparableConv2D channels first',
    [3, 7, 8],
    () => [layers.separableConv2d({ filters: 5, kernelSize: 3, useBias: false, ...first })],
  ],
  [
    'MaxPooling2D channels first',
    [3, 7, 8],
    () => [layers.maxPooling2d({ poolSize: 3, strides: 2, ...same, ...first })],
  ],
  ['AveragePooling2D channels first', [3, 7, 8], () => [layers.averagePooling2d({ poolSize: 2, ...first })]],
  ['GlobalAveragePooling2D channels first', [3, 4, 5], () => [layers.globalAveragePooling2d(first)]],
  ['GlobalMaxPooling2D channels first', [3, 4, 5], () => [layers.globalMaxPooling2d(first)]],
  [
    'ZeroPadding2D channels first',
    [3, 4, 5],
    () => [
      layers.zeroPadding2d({
        padding: [
          [0, 1],
          [2, 3],
        ],
        ...first,
      }),
    ],
  ],
  [
    'Cropping2D channels first',
    [3, 7, 8],
    () => [
      layers.cropping2D({
        cropping: [
          [1, 2],
          [0, 3],
        ],
        ...first,
      }),
    ],
  ],
  ['UpSampling2D channels first', [2, 3, 4], () => [layers.upSampling2d({ size: [2, 3], ...first })]],
  ['Flatten channels first', [3, 4, 2], () => [layers.flatten(first)]],
  ['Conv3D channels first', [2, 4, 5, 3], () => [layers.conv3d({ filters: 3, kernelSize: 2, ...first })]],
];

describe('layers against TensorFlow.js', () => {
  it.each(single)('%s', async (_name, shape, make) => {
    await check(await savedLayers(sequential(shape, ...make())));
  });

  it.each([
    ['vectors', [4], [4], 1],
    ['rows with rows', [3, 4], [2, 4], 2],
    ['columns with rows', [4, 3], [2, 4], [1, 2]],
    ['rows with a vector', [3, 4], [4], [2, 1]],
    ['a vector with columns', [4], [4, 3], [1, 1]],
  ] as const)('Dot of %s', async (_name, a, b, axes) => {
    const inputs = [a, b].map((shape, i) => tf.input({ shape: [...shape], name: `in${i}` }));
    const y = layers.dot({ axes: axes as number, normalize: true }).apply(inputs) as Symbolic;
    await check(await savedLayers(tf.model({ inputs, outputs: y })));
  });

  it('Masking, as far as nothing behind it heeds masks', async () => {
    const masked = [layers.masking({ maskValue: 0.25 }), layers.dense({ units: 3 })];
    const files = await savedLayers(sequential([3, 2], ...masked));
    const { graph } = await importerOf(files).load(files);
    const x = tensorOf('float32', [1, 3, 2], [0.25, 0.25, 0.25, 1, 2, 3]);
    const feeds = new Map(graph.inputs.map(({ name }) => [name, x]));
    const [[name, expected] = ['', undefined]] = await tfjsPredict(files, feeds);
    const result = runReference(graph, feeds).get(name);
    if (!expected || !result) throw new Error('no output');
    expectClose(result, expected, floatTolerance(2), name);
    const pooled = await savedLayers(sequential([3, 2], layers.masking({}), layers.globalAveragePooling1d()));
    await expect(importerOf(pooled).load(pooled)).rejects.toThrow(/GlobalAveragePooling1D.*: a mask/);
  });

  it('a merge of values of different ranks aligns their batches', async () => {
    const a = tf.input({ shape: [2, 2, 3], name: 'a' });
    const b = tf.input({ shape: [3], name: 'b' });
    const pooled = layers.globalAveragePooling2d({}).apply(a) as Symbolic;
    const y = layers.multiply().apply([layers.add().apply([a, b]) as Symbolic, pooled]) as Symbolic;
    await check(await savedLayers(tf.model({ inputs: [a, b], outputs: y })));
  });

  it('layers of one name in different models have their own weights, or are an error', async () => {
    const model = tf.sequential();
    model.add(layers.inputLayer({ inputShape: [3] }));
    model.add(layers.dense({ units: 3, name: 'd' }));
    const json = asJson(await savedLayers(model));
    json.weightsManifest[0].weights = ['a/d', 'b/d'].flatMap((name) => [
      weight(`${name}/kernel`, [3, 3]),
      weight(`${name}/bias`, [3]),
    ]);
    const files = modelFiles(json, { 'shard.bin': new Uint8Array(96) });
    await expect(importerOf(files).load(files)).rejects.toThrow('is not in the manifest');
  });
});

/** The elements of x and y of a model of one layer. */
async function xAndY(files: ModelFiles): Promise<{ x: Tensor; y: Tensor }> {
  const { feeds, outputs } = await runOurs(files);
  const [x] = feeds.values();
  const [y] = outputs.values();
  if (!x || !y) throw new Error('no values');
  return { x, y };
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);

const meanOf = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

describe('layers by their formula', () => {
  it.each([
    ['last axis', -1, [3, 4]],
    ['channels first', 1, [4, 3]],
  ] as const)('GroupNormalization, %s', async (_name, axis, shape) => {
    const [gamma, beta] = [numbers([4]), numbers([4], 9)];
    const { x, y } = await xAndY(oneLayer('GroupNormalization', { groups: 2, axis }, shape, { gamma, beta }));
    const at = (t: Tensor, n: number, s: number, c: number): number =>
      Number(t.data[axis === 1 ? (n * 4 + c) * 3 + s : (n * 3 + s) * 4 + c]);
    const expected = range(24).map((i) => {
      const [n, p] = [Math.floor(i / 12), i % 12];
      const [s, c] = axis === 1 ? [p % 3, Math.floor(p / 3)] : [Math.floor(p / 4), p % 4];
      const group = range(3).flatMap((q) => range(2).map((k) => at(x, n, q, Math.floor(c / 2) * 2 + k)));
      const mean = meanOf(group);
      const variance = meanOf(group.map((v) => (v - mean) ** 2));
      return ((at(x, n, s, c) - mean) / Math.sqrt(variance + 1e-3)) * Number(gamma.data[c]) + Number(beta.data[c]);
    });
    expectClose(y, tensorOf('float32', y.shape, expected), floatTolerance(16, 2), 'y');
  });

  it('BatchNormalization of axis 1 has statistics of channels, as it was trained', async () => {
    // TensorFlow.js does on WebGL; its CPU and WebAssembly kernels take statistics in turn, whatever the axis.
    const weights = {
      gamma: numbers([3], 1),
      beta: numbers([3], 2),
      moving_mean: numbers([3], 3),
      moving_variance: tensorOf('float32', [3], [1, 2, 3]),
    };
    const { x, y } = await xAndY(oneLayer('BatchNormalization', { axis: [1] }, [3, 2, 2], weights));
    const expected = Array.from(x.data, (v, i) => {
      const [g = 0, b = 0, m = 0, s = 0] = Object.values(weights).map((w) => Number(w.data[Math.floor(i / 4) % 3]));
      return ((Number(v) - m) / Math.sqrt(s + 1e-3)) * g + b;
    });
    expectClose(y, tensorOf('float32', y.shape, expected), floatTolerance(4, 2), 'y');
  });

  it('Conv1D causal, dilated', async () => {
    const kernel = numbers([3, 2, 4]);
    const config = { padding: 'causal', dilation_rate: [2], use_bias: false };
    const { x, y } = await xAndY(oneLayer('Conv1D', config, [6, 2], { kernel }));
    const tap = (n: number, t: number, c: number): number => (t < 0 ? 0 : Number(x.data[(n * 6 + t) * 2 + c]));
    const expected = range(48).map((i) => {
      const [n, t, o] = [Math.floor(i / 24), Math.floor(i / 4) % 6, i % 4];
      const taps = range(6).map((j) => tap(n, t - 4 + 2 * Math.floor(j / 2), j % 2) * Number(kernel.data[j * 4 + o]));
      return taps.reduce((sum, v) => sum + v, 0);
    });
    expectClose(y, tensorOf('float32', y.shape, expected), floatTolerance(8, 1), 'y');
  });

  it.each([
    // 2·⌊k/2⌋ less than a kernel's reach, and what is added.
    { padding: 'same', stride: 2, kernel: 3, added: [0], length: 7, cut: 1 },
    { padding: 'same', stride: 2, kernel: 3, added: [1], length: 8, cut: 0 },
    { padding: 'valid', stride: 2, kernel: 3, added: [1], length: 10, cut: 0 },
    { padding: 'valid', stride: 3, kernel: 2, added: null, length: 12, cut: 0 },
  ])('Conv1DTranspose %o', async ({ padding, stride, kernel, added, length, cut }) => {
    const w = numbers([kernel, 3, 2]);
    const config = { padding, strides: [stride], output_padding: added, use_bias: false };
    const { x, y } = await xAndY(oneLayer('Conv1DTranspose', config, [4, 2], { kernel: w }));
    const expected = range(2 * length * 3).map((i) => {
      const [n, to, o] = [Math.floor(i / (3 * length)), Math.floor(i / 3) % length, i % 3];
      // Every input, and the tap by which it meets this output.
      const terms = range(8).map((j) => {
        const [from, c] = [Math.floor(j / 2), j % 2];
        const tap = to + cut - from * stride;
        return tap < 0 || tap >= kernel
          ? 0
          : Number(x.data[(n * 4 + from) * 2 + c]) * Number(w.data[(tap * 3 + o) * 2 + c]);
      });
      return terms.reduce((sum, v) => sum + v, 0);
    });
    expectClose(y, tensorOf('float32', [2, length, 3], expected), floatTolerance(8, 1), 'y');
  });

  it.each(['bilinear', 'nearest'] as const)('Resizing, %s', async (interpolation) => {
    const { x, y } = await xAndY(oneLayer('Resizing', { height: 9, width: 4, interpolation }, [5, 6, 3]));
    const image = tensor4d(Array.from(x.data), [2, 5, 6, 3]);
    const resize = interpolation === 'bilinear' ? tfImage.resizeBilinear : tfImage.resizeNearestNeighbor;
    const expected = await resize(image, [9, 4], false, true).data();
    expectClose(y, tensorOf('float32', y.shape, expected), floatTolerance(4, 1), 'y');
  });

  it('UnitNormalization', async () => {
    const { x, y } = await xAndY(oneLayer('UnitNormalization', {}, [3, 4]));
    const norm = (row: number): number => Math.hypot(...Array.from(x.data).slice(row * 4, row * 4 + 4));
    const expected = Array.from(x.data, (v, i) => Number(v) / norm(Math.floor(i / 4)));
    expectClose(y, tensorOf('float32', y.shape, expected), floatTolerance(4, 1), 'y');
  });

  it('Normalization, Rescaling by numbers a channel', async () => {
    const { x, y } = await xAndY(oneLayer('Normalization', { mean: [1, 2], variance: [4, 9] }, [3, 2]));
    const expected = Array.from(x.data, (v, i) => (Number(v) - (i % 2) - 1) / ((i % 2) + 2));
    expectClose(y, tensorOf('float32', y.shape, expected), floatTolerance(2, 2), 'y');
    const scaled = await xAndY(oneLayer('Rescaling', { scale: [2, 3], offset: [-1, 1] }, [3, 2]));
    const rescaled = Array.from(scaled.x.data, (v, i) => Number(v) * ((i % 2) + 2) + (i % 2) * 2 - 1);
    expectClose(scaled.y, tensorOf('float32', y.shape, rescaled), floatTolerance(2, 2), 'y');
  });

  it.each([
    ['ZeroPadding1D', { padding: [1, 2] }, [3, 2], [-1, 0, 1, 2, -1, -1]],
    ['ZeroPadding1D', { padding: 1 }, [3, 2], [-1, 0, 1, 2, -1]],
    ['Cropping1D', { cropping: [1, 0] }, [3, 2], [1, 2]],
    ['UpSampling1D', { size: 2 }, [3, 2], [0, 0, 1, 1, 2, 2]],
  ])('%s %o', async (name, config, shape, rows) => {
    const { x, y } = await xAndY(oneLayer(name, config, shape));
    const expected = range(2).flatMap((n) =>
      rows.flatMap((r) => range(2).map((c) => (r < 0 ? 0 : Number(x.data[(n * 3 + r) * 2 + c])))),
    );
    expect(Array.from(y.data)).toEqual(expected);
  });

  it.each([
    [
      'ZeroPadding3D',
      {
        padding: [
          [0, 1],
          [1, 0],
          [0, 0],
        ],
      },
      [2, 3, 4, 3, 2],
    ],
    ['Cropping3D', { cropping: 1 }, [2, 1, 2, 1, 2], [3, 4, 3, 2]],
    ['UpSampling3D', { size: [1, 2, 3] }, [2, 2, 6, 9, 2]],
  ])('%s gives the right extents', async (name, config, expected, shape = [2, 3, 3, 2]) => {
    const { y } = await xAndY(oneLayer(name as string, config as object, shape as number[]));
    expect(y.shape).toEqual(expected);
  });

  it('MultiHeadAttention', async () => {
    const [n, t, d, heads, k] = [2, 3, 4, 2, 3];
    const { files, weights } = await selfAttention(d, heads, k, t);
    const { x, y } = await xAndY(files);
    const w = (name: string, i: number): number => Number(weights[name as keyof typeof weights]?.data[i]);
    const projected = (name: string, b: number, i: number, h: number): number[] =>
      range(k).map((e) =>
        range(d).reduce(
          (sum, c) => sum + Number(x.data[(b * t + i) * d + c]) * w(`${name}/kernel`, (c * heads + h) * k + e),
          w(`${name}/bias`, h * k + e),
        ),
      );
    const head = (b: number, i: number, h: number): number[] => {
      const scores = range(t).map((j) =>
        Math.exp(dot(projected('query', b, i, h), projected('key', b, j, h)) / Math.sqrt(k)),
      );
      const total = scores.reduce((sum, s) => sum + s, 0);
      return range(k).map((e) =>
        range(t).reduce((sum, j) => sum + ((scores[j] ?? 0) / total) * (projected('value', b, j, h)[e] ?? 0), 0),
      );
    };
    const expected = range(n).flatMap((b) =>
      range(t).flatMap((i) =>
        range(d).map((o) =>
          range(heads).reduce(
            (sum, h) =>
              sum + head(b, i, h).reduce((s, v, e) => s + v * w('attention_output/kernel', (h * k + e) * d + o), 0),
            w('attention_output/bias', o),
          ),
        ),
      ),
    );
    expectClose(y, tensorOf('float32', y.shape, expected), floatTolerance(32, 4), 'y');
  });
});
