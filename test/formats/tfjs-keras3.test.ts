/** Keras 3's way to write a layers model: the same network as TensorFlow.js saved it, and what only Keras 3 has. */
import * as tf from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../src/core/errors.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { cpuSecondsOf } from '../helpers/cpu-time.ts';
import { importerOf, modelFiles, randomFeeds, runReference, savedLayers } from '../helpers/tfjs-models.ts';
import { tfjsPredict, useBackend } from '../helpers/tfjs-oracle.ts';

const { layers } = tf;
type Symbolic = tf.SymbolicTensor;

beforeAll(() => useBackend('cpu'));

// JSON that the tests take apart.
// oxlint-disable-next-line typescript/no-explicit-any
type Json = any;

const asJson = (files: ModelFiles): Json => JSON.parse(new TextDecoder().decode(files.main.bytes));

const policy = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' }, registered_name: null };

const keras3Tensor = ([name, node, index]: readonly unknown[]): Json => ({
  class_name: '__keras_tensor__',
  config: { shape: [null], dtype: 'float32', keras_history: [name, node, index] },
});

/** A function of NumPy as Keras 3 writes it. */
const numpyCall = (name: string, op: string, ...args: unknown[]): Json => ({
  module: 'keras.src.ops.numpy',
  class_name: op,
  config: { name },
  registered_name: op,
  name,
  inbound_nodes: [{ args, kwargs: {} }],
});

/** A layer as Keras 3 writes it, models inside likewise. */
function keras3Layer({ class_name: plainName, name, config, inbound_nodes: inbound }: Json): Json {
  const { batch_input_shape: shape, ...own } = config;
  const inner = own.layers ? keras3Model(own) : { ...own, dtype: policy };
  const calls = (inbound as Json[] | undefined)?.map((call: Json[]) => {
    const values = call.map(keras3Tensor);
    return { args: values.length === 1 ? values : [values], kwargs: { mask: null, training: false } };
  });
  return {
    module: 'keras.layers',
    class_name: plainName === 'Model' ? 'Functional' : plainName,
    config: { ...inner, ...(shape && plainName === 'InputLayer' ? { batch_shape: shape } : {}) },
    registered_name: null,
    ...(name ? { name } : {}),
    ...(calls ? { inbound_nodes: calls } : {}),
  };
}

function keras3Model(config: Json): Json {
  const [first] = config.layers;
  const shape = first.config.batch_input_shape;
  const built = shape && first.class_name !== 'InputLayer' ? { build_input_shape: shape } : {};
  return { ...config, ...built, layers: config.layers.map(keras3Layer) };
}

/** The same model as Keras 3 and its converter write it; `numbered`: weights are numbered in their layers. */
function asKeras3(files: ModelFiles, numbered = false): ModelFiles {
  const json = asJson(files);
  const topology = json.modelTopology.model_config ?? json.modelTopology;
  const counts = new Map<string, number>();
  if (numbered) {
    for (const entry of json.weightsManifest[0].weights) {
      const owner = entry.name.slice(0, entry.name.lastIndexOf('/'));
      const n = counts.get(owner) ?? 0;
      counts.set(owner, n + 1);
      entry.name = `${owner}/${n}`;
    }
  }
  const model = {
    ...keras3Layer({ ...topology, name: undefined }),
    class_name: topology.class_name === 'Sequential' ? 'Sequential' : 'Functional',
  };
  const written = {
    ...json,
    generatedBy: 'keras v3.5.0',
    modelTopology: { keras_version: '3.5.0', model_config: model },
  };
  return { ...modelFiles(written, {}), read: files.read };
}

async function check(plain: ModelFiles, files: ModelFiles): Promise<void> {
  const { graph } = await importerOf(files).load(files);
  const shapes = Object.fromEntries(graph.inputs.map((i) => [i.name, [2, ...i.shape.slice(1).map(Number)]]));
  const feeds = randomFeeds(graph, 3, shapes);
  const expected = [...(await tfjsPredict(plain, feeds)).values()];
  const actual = [...runReference(graph, feeds).values()];
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    const result = actual[i];
    if (!result) throw new Error(`no output ${i}`);
    // At most three products of about 64 terms of size one each.
    expectClose(result, value, floatTolerance(64, 3), `output ${i}`);
  });
}

function functional(): tf.LayersModel {
  const a = tf.input({ shape: [6, 6, 3], name: 'a' });
  const b = tf.input({ shape: [6, 6, 3], name: 'b' });
  const shared = layers.conv2d({ filters: 4, kernelSize: 3, name: 'shared' });
  const inner = tf.sequential({ name: 'inner' });
  inner.add(layers.depthwiseConv2d({ kernelSize: 2, inputShape: [4, 4, 4], name: 'depth' }));
  inner.add(layers.batchNormalization({ name: 'bn', scale: false }));
  const [left, right] = [a, b].map((x) => inner.apply(shared.apply(x) as Symbolic) as Symbolic) as [Symbolic, Symbolic];
  const sum = layers.add({ name: 'sum' }).apply([left, right]) as Symbolic;
  const joined = layers.concatenate({ name: 'joined' }).apply([sum, left]) as Symbolic;
  const pooled = layers.globalAveragePooling2d({ name: 'pooled' }).apply(joined) as Symbolic;
  const head = layers.dense({ units: 3, activation: 'softmax', name: 'head' }).apply(pooled) as Symbolic;
  return tf.model({ inputs: [a, b], outputs: [head, sum], name: 'model' });
}

function arithmetic(): tf.LayersModel {
  const x = tf.input({ shape: [2, 2], name: 'x' });
  const act = layers.activation({ activation: 'relu', name: 'act' }).apply(x) as Symbolic;
  return tf.model({ inputs: x, outputs: act, name: 'model' });
}

function sequential(): tf.LayersModel {
  const model = tf.sequential({ name: 'sequential' });
  model.add(layers.separableConv2d({ filters: 4, kernelSize: 3, inputShape: [6, 6, 3], name: 'sep' }));
  model.add(layers.batchNormalization({ name: 'bn' }));
  model.add(layers.leakyReLU({ name: 'leaky' }));
  model.add(layers.flatten({ name: 'flat' }));
  model.add(layers.dense({ units: 3, name: 'head' }));
  return model;
}

describe('models of Keras 3', () => {
  it.each([
    ['Functional', functional, false],
    ['Functional, numbered weights', functional, true],
    ['Sequential', sequential, false],
    ['Sequential, numbered weights', sequential, true],
  ])('%s', async (_name, make, numbered) => {
    const plain = await savedLayers(make());
    await check(plain, asKeras3(plain, numbered));
  });

  it('weights whose names begin with the model', async () => {
    const plain = await savedLayers(sequential());
    const files = asKeras3(plain);
    const json = asJson(files);
    for (const entry of json.weightsManifest[0].weights) entry.name = `sequential/${entry.name}`;
    await check(plain, { ...modelFiles(json, {}), read: plain.read });
  });

  it('hard_sigmoid is the one of Keras 3', async () => {
    const model = tf.sequential();
    model.add(layers.activation({ activation: 'hardSigmoid', inputShape: [4] }));
    const files = asKeras3(await savedLayers(model));
    const { graph } = await importerOf(files).load(files);
    const feeds = randomFeeds(graph, 3);
    const [x] = feeds.values();
    const [y] = runReference(graph, feeds).values();
    expect(y?.data).toEqual(Float32Array.from(x?.data ?? [], (v) => Math.min(1, Math.max(0, Number(v) / 6 + 0.5))));
  });

  it('functions of NumPy, of values and numbers, and activations that are objects', async () => {
    const files = asKeras3(await savedLayers(arithmetic()));
    const json = asJson(files);
    const { config } = json.modelTopology.model_config;
    const named = (name: string): Json => config.layers.find((l: Json) => l.name === name);
    named('act').config.activation = { module: 'builtins', class_name: 'function', config: 'relu' };
    const [x, act] = [keras3Tensor(['x', 0, 0]), keras3Tensor(['act', 0, 0])];
    config.layers.push(
      numpyCall('less', 'Subtract', 1, x),
      numpyCall('power', 'Power', act, 2),
      numpyCall('sum', 'Add', keras3Tensor(['less', 0, 0]), keras3Tensor(['power', 0, 0])),
    );
    config.output_layers = [['sum', 0, 0]];
    const changed = { ...modelFiles(json, {}), read: files.read };
    const { graph } = await importerOf(changed).load(changed);
    const feeds = new Map([['x', tensorOf('float32', [1, 2, 2], [-2, -1, 0, 3])]]);
    expect(Array.from(runReference(graph, feeds).get('sum')?.data ?? [])).toEqual([3, 2, 1, 7]);
  });

  it('other functions of NumPy, constant arguments and masks are refused together', async () => {
    const files = asKeras3(await savedLayers(functional()));
    const json = asJson(files);
    const list = json.modelTopology.model_config.config.layers;
    const named = (name: string): Json => list.find((l: Json) => l.name === name);
    Object.assign(named('sum'), { module: 'keras.src.ops.numpy', class_name: 'Hypot' });
    named('joined').inbound_nodes[0].args.push(2);
    named('head').inbound_nodes[0].kwargs.mask = keras3Tensor(['pooled', 0, 0]);
    const loading = importerOf(files).load({ ...modelFiles(json, {}), read: files.read });
    const error: unknown = await loading.catch((e: unknown) => e);
    expect((error as UnsupportedError).items).toEqual([
      { node: 'joined', op: 'Concatenate', what: 'an argument that is no value' },
      { node: 'head', op: 'Dense', what: 'argument mask' },
      { node: 'sum', op: 'keras.ops.Hypot', what: 'layer' },
    ]);
  });
});

describe('models in models', () => {
  it('that multiply are refused at once', async () => {
    let inner: Json = {
      class_name: 'Sequential',
      config: { name: 'm0', layers: [{ class_name: 'ReLU', config: { name: 'r', batch_input_shape: [null, 4] } }] },
    };
    for (let i = 1; i <= 25; i++) {
      const config = {
        name: `m${i}`,
        layers: [
          {
            class_name: 'InputLayer',
            name: 'x',
            config: { name: 'x', batch_input_shape: [null, 4] },
            inbound_nodes: [],
          },
          { ...inner, name: 'twice', inbound_nodes: [[['x', 0, 0, {}]], [['twice', 0, 0, {}]]] },
        ],
        input_layers: [['x', 0, 0]],
        output_layers: [['twice', 1, 0]],
      };
      inner = { class_name: 'Functional', config };
    }
    const files = modelFiles({ format: 'layers-model', modelTopology: inner, weightsManifest: [] }, {});
    const seconds = await cpuSecondsOf(() =>
      expect(importerOf(files).load(files)).rejects.toThrow('unfold to more than'),
    );
    expect(seconds).toBeLessThan(20);
  });
});
