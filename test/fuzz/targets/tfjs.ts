/** TensorFlow.js models, graphs and layers: a JSON and one shard of weights. */
import { LoadError } from '../../../src/core/errors.ts';
import { tensorOf } from '../../../src/core/tensor.ts';
import type { ModelFiles } from '../../../src/formats/importer.ts';
import { attr, GraphDef } from '../../helpers/tfjs-models.ts';
import type { Dice } from '../dice.ts';
import type { Mutator } from '../mutate/bytes.ts';
import { mutateJson, packJson, unpackJson } from '../mutate/json.ts';
import type { FuzzTarget } from '../target.ts';
import { inspectModel } from './inspect.ts';

const floats = (shape: readonly number[]) =>
  tensorOf(
    'float32',
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i)),
  );

/** A convolution, a pool, shape arithmetic, and a branch that nothing reads. */
function graphModel(): ModelFiles {
  const g = new GraphDef();
  const x = g.placeholder('x', [-1, 6, 6, 3]);
  const window = { strides: attr.ints([1, 1, 1, 1]), padding: attr.s('SAME'), data_format: attr.s('NHWC') };
  const c = g.node('Conv2D', [x, g.constant(floats([3, 3, 3, 4]))], { ...window, dilations: attr.ints([1, 1, 1, 1]) });
  const b = g.node('BiasAdd', [c, g.constant(floats([4]))], { data_format: attr.s('NHWC') });
  const p = g.node('MaxPool', [g.node('Relu', [b])], { ...window, ksize: attr.ints([1, 2, 2, 1]) });
  const parts = g.node('Pack', [g.ints([-1], []), g.ints([144], [])], { axis: attr.i(0), N: attr.i(2) });
  const flat = g.node('Reshape', [p, parts]);
  const m = g.node('Mean', [flat, g.ints([1])], { keep_dims: attr.b(true) });
  g.node('AddV2', [flat, m], {}, 'y');
  g.node('StridedSlice', [flat, g.ints([0, 0]), g.ints([1, 2]), g.ints([1, 1])], {}, 'aside');
  return g.files({ inputs: { x: { name: 'x:0' } }, outputs: { y: { name: 'y:0' } } });
}

function layer(class_name: string, config: object): object {
  return { class_name, config };
}

/** A layer that reads others. */
function node(class_name: string, name: string, config: object, ...inputs: string[]): object {
  const inbound_nodes = inputs.length > 0 ? [inputs.map((input) => [input, 0, 0, {}])] : [];
  return { class_name, name, config: { name, ...config }, inbound_nodes };
}

/** Layers in a row, as Keras 2 writes them. */
function sequential(): string {
  return layersModel({
    class_name: 'Sequential',
    config: {
      name: 'net',
      layers: [
        layer('Conv2D', {
          name: 'c',
          filters: 4,
          kernel_size: [3, 3],
          strides: [1, 1],
          padding: 'same',
          dilation_rate: [1, 1],
          activation: 'relu',
          use_bias: true,
          batch_input_shape: [null, 6, 6, 3],
          dtype: 'float32',
        }),
        layer('MaxPooling2D', { name: 'p', pool_size: [2, 2], strides: [2, 2], padding: 'valid' }),
        layer('Flatten', { name: 'f' }),
        layer('Dense', { name: 'd', units: 2, activation: 'softmax', use_bias: false }),
      ],
    },
  });
}

/** Layers with names for what they read; one of them is a model itself. */
function functional(): string {
  const inner = {
    class_name: 'Sequential',
    config: { name: 'inner', layers: [{ class_name: 'Activation', config: { name: 'a', activation: 'tanh' } }] },
  };
  return layersModel({
    class_name: 'Model',
    config: {
      name: 'model',
      layers: [
        node('InputLayer', 'x', { batch_input_shape: [null, 6, 6, 3], dtype: 'float32', sparse: false }),
        { ...inner, name: 'inner', inbound_nodes: [[['x', 0, 0, {}]]] },
        node('Add', 's', {}, 'x', 'inner'),
        node('GlobalAveragePooling2D', 'g', {}, 's'),
      ],
      input_layers: [['x', 0, 0]],
      output_layers: [['g', 0, 0]],
    },
  });
}

function layersModel(model_config: object): string {
  const weights = [
    { name: 'c/kernel', shape: [3, 3, 3, 4], dtype: 'float32' },
    { name: 'c/bias', shape: [4], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.1, min: -1 } },
    { name: 'd/kernel', shape: [36, 2], dtype: 'float32' },
  ];
  return JSON.stringify({
    format: 'layers-model',
    modelTopology: { model_config, keras_version: '2.8.0' },
    weightsManifest: [{ paths: ['shard.bin'], weights }],
  });
}

const onJson: Mutator = (input, dice: Dice) => {
  const { json, data } = unpackJson(input);
  return packJson(mutateJson(new TextDecoder().decode(json), dice), data);
};

/** A JSON and its shard as the files of a model. */
function filesOf(input: Uint8Array): ModelFiles {
  const { json, data } = unpackJson(input);
  return {
    main: { name: 'model.json', bytes: json },
    read: async (name) => {
      if (name.endsWith('.bin')) return data;
      throw new LoadError('there is no such file', { file: name });
    },
  };
}

async function pack({ main, read }: ModelFiles): Promise<Uint8Array> {
  return packJson(new TextDecoder().decode(main.bytes), await read('shard.bin'));
}

/** Of the layers models: floats, but for four bytes of bias. */
const WEIGHTS = new Uint8Array(4 * (108 + 72) + 4);

/** The target. */
export const tfjs: FuzzTarget = {
  seeds: [await pack(graphModel()), packJson(sequential(), WEIGHTS), packJson(functional(), WEIGHTS)],
  mutators: [onJson],
  run: (input, settings) => inspectModel(filesOf(input), settings),
};
