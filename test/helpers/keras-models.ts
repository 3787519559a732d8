/** Layers models made in memory: a few layers one after the other, one layer that TensorFlow.js has not, attention. */
import * as tf from '@tensorflow/tfjs-layers';
import { elementCount, tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { toRaw } from '../../src/core/raw.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { range } from '../../src/util/arrays.ts';
import { modelFiles } from './tfjs-models.ts';

/** A layer of TensorFlow.js. */
export type KerasLayer = Parameters<tf.Sequential['add']>[0];

/** A Sequential model; `shape` is that of its input, without the batch. */
export function sequential(shape: readonly number[], ...list: KerasLayer[]): tf.Sequential {
  const model = tf.sequential();
  model.add(tf.layers.inputLayer({ inputShape: [...shape] }));
  for (const layer of list) model.add(layer);
  return model;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- JSON that the tests take apart
type Json = any;

/** The model.json of a model. */
export function asJson(files: ModelFiles): Json {
  return JSON.parse(new TextDecoder().decode(files.main.bytes));
}

/** An entry of a weights manifest. */
export const weight = (name: string, shape: readonly number[]) => ({ name, shape, dtype: 'float32' });

/** A Sequential model of one layer that TensorFlow.js has not, with these weights. */
export function oneLayer(
  className: string,
  config: object,
  shape: readonly (number | null)[],
  weights: Readonly<Record<string, Tensor>> = {},
): ModelFiles {
  const input = { class_name: 'InputLayer', config: { name: 'x', batch_input_shape: [null, ...shape] } };
  const list = [input, { class_name: className, config: { name: 'y', ...config } }];
  const raw = Object.values(weights).flatMap((value) => [...toRaw(value)]);
  return modelFiles(
    {
      format: 'layers-model',
      modelTopology: { class_name: 'Sequential', config: { name: 'model', layers: list } },
      weightsManifest: [
        {
          paths: ['shard.bin'],
          weights: Object.entries(weights).map(([name, { shape }]) => weight(`y/${name}`, shape)),
        },
      ],
    },
    { 'shard.bin': Uint8Array.from(raw) },
  );
}

/** Numbers in [-1, 1], others for another `start`. */
export const numbers = (shape: readonly number[], start = 0): Tensor =>
  tensorOf(
    'float32',
    shape,
    range(elementCount(shape)).map((i) => Math.sin(i + start)),
  );

/** MultiHeadAttention of `length` vectors of `d` elements with themselves, and its weights. */
export async function selfAttention(
  d: number,
  heads: number,
  k: number,
  length: number,
): Promise<{ files: ModelFiles; weights: Readonly<Record<string, Tensor>> }> {
  const weights = {
    ...Object.fromEntries(
      ['query', 'key', 'value'].flatMap((name, i) => [
        [`${name}/kernel`, numbers([d, heads, k], i)],
        [`${name}/bias`, numbers([heads, k], i + 5)],
      ]),
    ),
    'attention_output/kernel': numbers([heads, k, d], 7),
    'attention_output/bias': numbers([d], 8),
  };
  const model = oneLayer('MultiHeadAttention', { num_heads: heads, key_dim: k }, [length, d], weights);
  const json = asJson(model);
  const [input, layer] = json.modelTopology.config.layers;
  json.modelTopology = {
    class_name: 'Functional',
    config: {
      name: 'm',
      layers: [
        { ...input, name: 'x', inbound_nodes: [] },
        { ...layer, name: 'y', inbound_nodes: [[['x', 0, 0, { value: ['x', 0, 0], training: false }]]] },
      ],
      input_layers: [['x', 0, 0]],
      output_layers: [['y', 0, 0]],
    },
  };
  const files = modelFiles(json, { 'shard.bin': await model.read('shard.bin') });
  return { files, weights };
}
