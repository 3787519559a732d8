/** Layers of layers models against TensorFlow.js: small models built and saved by it, every weight random. */
import * as tf from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { importerOf, randomFeeds, runReference, savedLayers } from '../helpers/tfjs-models.ts';
import { tfjsPredict, useBackend } from '../helpers/tfjs-oracle.ts';

const { layers } = tf;
type Layer = Parameters<tf.Sequential['add']>[0];
type Shape = [number, number, number];

beforeAll(() => useBackend('cpu'));

/** Imports a saved model and compares every output with TensorFlow.js, twice over, at batch 2. */
async function check(files: ModelFiles): Promise<void> {
  const { graph } = await importerOf(files).load(files);
  const shapes = Object.fromEntries(graph.inputs.map((i) => [i.name, [2, ...i.shape.slice(1).map(Number)]]));
  const feeds = randomFeeds(graph, 3, shapes);
  const expected = await tfjsPredict(files, feeds);
  const actual = runReference(graph, feeds);
  expect(graph.outputs).toEqual([...expected.keys()]);
  for (const [name, value] of expected) {
    const result = actual.get(name);
    if (!result) throw new Error(`no output ${name}`);
    // At most three products of about 64 terms of size one each; the reference accumulates in float64.
    expectClose(result, value, floatTolerance(64, 3), name);
  }
}

function sequential(shape: Shape, ...list: Layer[]): tf.Sequential {
  const model = tf.sequential();
  model.add(layers.inputLayer({ inputShape: shape }));
  for (const layer of list) model.add(layer);
  return model;
}

const same = { padding: 'same' } as const;

const single: readonly (readonly [string, Shape, () => Layer[]])[] = [
  ['Conv2D same stride 2, odd', [7, 9, 3], () => [layers.conv2d({ filters: 5, kernelSize: 3, strides: 2, ...same })]],
  ['Conv2D same stride 2, even', [8, 6, 3], () => [layers.conv2d({ filters: 5, kernelSize: 3, strides: 2, ...same })]],
  [
    'Conv2D valid, dilation 2, relu6, no bias',
    [8, 9, 3],
    () => [layers.conv2d({ filters: 4, kernelSize: [3, 2], dilationRate: 2, activation: 'relu6', useBias: false })],
  ],
  ['Conv2D softmax', [4, 4, 3], () => [layers.conv2d({ filters: 4, kernelSize: 1, activation: 'softmax' })]],
  [
    'DepthwiseConv2D multiplier 2',
    [7, 8, 3],
    () => [layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, strides: 2, ...same, activation: 'relu' })],
  ],
  [
    'SeparableConv2D',
    [7, 8, 3],
    () => [layers.separableConv2d({ filters: 5, kernelSize: 3, ...same, activation: 'tanh' })],
  ],
  ['MaxPooling2D same', [7, 8, 3], () => [layers.maxPooling2d({ poolSize: 3, strides: 2, ...same })]],
  ['MaxPooling2D without strides', [7, 8, 3], () => [layers.maxPooling2d({ poolSize: [2, 3] })]],
  ['AveragePooling2D same', [7, 8, 3], () => [layers.averagePooling2d({ poolSize: 3, strides: 2, ...same })]],
  ['AveragePooling2D valid', [7, 8, 3], () => [layers.averagePooling2d({ poolSize: 2 })]],
  ['GlobalAveragePooling2D', [5, 4, 3], () => [layers.globalAveragePooling2d({})]],
  ['GlobalMaxPooling2D', [5, 4, 3], () => [layers.globalMaxPooling2d({})]],
  [
    'ZeroPadding2D',
    [5, 4, 3],
    () => [
      layers.zeroPadding2d({
        padding: [
          [0, 1],
          [2, 3],
        ],
      }),
    ],
  ],
  [
    'Cropping2D',
    [7, 8, 3],
    () => [
      layers.cropping2D({
        cropping: [
          [1, 2],
          [0, 3],
        ],
      }),
    ],
  ],
  ['UpSampling2D nearest', [3, 4, 2], () => [layers.upSampling2d({ size: [2, 3] })]],
  ['UpSampling2D bilinear', [3, 4, 2], () => [layers.upSampling2d({ size: [2, 3], interpolation: 'bilinear' })]],
  ['BatchNormalization', [4, 5, 3], () => [layers.batchNormalization({ epsilon: 0.01 })]],
  ['BatchNormalization, no scale', [4, 5, 3], () => [layers.batchNormalization({ scale: false })]],
  ['BatchNormalization, no center', [4, 5, 3], () => [layers.batchNormalization({ center: false })]],
  ['Flatten and Dense', [3, 4, 2], () => [layers.flatten(), layers.dense({ units: 5, activation: 'softmax' })]],
  ['Dense on an image', [3, 4, 2], () => [layers.dense({ units: 5, activation: 'sigmoid' })]],
  ['Reshape, Permute', [3, 4, 2], () => [layers.reshape({ targetShape: [4, -1] }), layers.permute({ dims: [2, 1] })]],
  ['Dropout', [3, 4, 2], () => [layers.dropout({ rate: 0.5 }), layers.gaussianNoise({ stddev: 1 })]],
  ['ReLU', [3, 4, 2], () => [layers.reLU()]],
  ['ReLU max_value', [3, 4, 2], () => [layers.reLU({ maxValue: 0.5 })]],
  ['LeakyReLU', [3, 4, 2], () => [layers.leakyReLU({ alpha: 0.2 })]],
  ['PReLU', [3, 4, 2], () => [layers.prelu({})]],
  ['ELU', [3, 4, 2], () => [layers.elu({ alpha: 1 })]],
  ['Softmax', [3, 4, 2], () => [layers.softmax({ axis: -1 })]],
  ['Rescaling', [3, 4, 2], () => [layers.rescaling({ scale: 1 / 127.5, offset: -1 })]],
  ...(
    [
      'elu',
      'selu',
      'relu',
      'relu6',
      'linear',
      'sigmoid',
      'hardSigmoid',
      'softplus',
      'softsign',
      'tanh',
      'swish',
    ] as const
  ).map((activation): readonly [string, Shape, () => Layer[]] => [
    `Activation ${activation}`,
    [3, 4, 2],
    () => [layers.conv2d({ filters: 3, kernelSize: 1 }), layers.activation({ activation })],
  ]),
  ...(['mish', 'gelu'] as const).map((activation): readonly [string, Shape, () => Layer[]] => [
    `Activation ${activation}`,
    [3, 4, 2],
    () => [layers.activation({ activation })],
  ]),
];

describe('layers against TensorFlow.js', () => {
  it.each(single)('%s', async (_name, shape, make) => {
    await check(await savedLayers(sequential(shape, ...make())));
  });
});

const merges: Readonly<Record<string, () => Layer>> = {
  Add: () => layers.add(),
  Multiply: () => layers.multiply(),
  Average: () => layers.average(),
  Maximum: () => layers.maximum(),
  Minimum: () => layers.minimum(),
  Concatenate: () => layers.concatenate({ axis: -1 }),
};

describe('layers models of several branches', () => {
  it.each(Object.entries(merges))('%s of three branches', async (_name, make) => {
    const x = tf.input({ shape: [4, 5, 3], name: 'image' });
    const branch = (): tf.SymbolicTensor => layers.conv2d({ filters: 3, kernelSize: 1 }).apply(x) as tf.SymbolicTensor;
    const y = make().apply([branch(), branch(), branch()]) as tf.SymbolicTensor;
    await check(await savedLayers(tf.model({ inputs: x, outputs: y })));
  });

  it('a layer used twice, two inputs, two outputs', async () => {
    const a = tf.input({ shape: [4, 4, 3], name: 'a' });
    const b = tf.input({ shape: [4, 4, 3], name: 'b' });
    const shared = layers.conv2d({ filters: 2, kernelSize: 3, name: 'shared' });
    const left = shared.apply(a) as tf.SymbolicTensor;
    const right = shared.apply(b) as tf.SymbolicTensor;
    const sum = layers.add({ name: 'sum' }).apply([left, right]) as tf.SymbolicTensor;
    const pooled = layers.globalMaxPooling2d({ name: 'pooled' }).apply(right) as tf.SymbolicTensor;
    await check(await savedLayers(tf.model({ inputs: [a, b], outputs: [sum, pooled] })));
  });

  it('a Functional model inside a Sequential one', async () => {
    const x = tf.input({ shape: [6, 6, 3] });
    const conv = layers.conv2d({ filters: 4, kernelSize: 3, name: 'inner_conv' }).apply(x) as tf.SymbolicTensor;
    const features = tf.model({ inputs: x, outputs: layers.reLU().apply(conv) as tf.SymbolicTensor, name: 'features' });
    const model = tf.sequential();
    model.add(features);
    model.add(layers.globalAveragePooling2d({}));
    model.add(layers.dense({ units: 3, name: 'head' }));
    await check(await savedLayers(model));
  });

  it('a Sequential model inside a Functional one, used twice', async () => {
    const inner = sequential([5, 5, 3], layers.conv2d({ filters: 3, kernelSize: 3, ...same }), layers.reLU());
    const x = tf.input({ shape: [5, 5, 3] });
    const once = inner.apply(x) as tf.SymbolicTensor;
    const twice = inner.apply(once) as tf.SymbolicTensor;
    const sum = layers.add().apply([once, twice]) as tf.SymbolicTensor;
    await check(await savedLayers(tf.model({ inputs: x, outputs: sum })));
  });
});
