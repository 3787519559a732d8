/** Small TensorFlow.js models made in memory, and their evaluation by the engine's reference. */
import './every-operator.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { LoadError } from '../../src/core/errors.ts';
import { toRaw } from '../../src/core/raw.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Importer, ModelFiles } from '../../src/formats/importer.ts';
import { tfjsGraph, tfjsLayers } from '../../src/formats/tfjs/index.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { randomSource, randomTensor } from './random.ts';

/** One attribute of a GraphDef node in protobuf's JSON form. */
export type Attr = Readonly<Record<string, unknown>>;

/** Encoders of attributes: strings are base64, 64-bit integers are strings, as the converter writes them. */
export const attr = {
  i: (value: number): Attr => ({ i: String(value) }),
  f: (value: number): Attr => ({ f: value }),
  b: (value: boolean): Attr => ({ b: value }),
  s: (value: string): Attr => ({ s: btoa(value) }),
  type: (value: string): Attr => ({ type: value }),
  ints: (values: readonly number[]): Attr => ({ list: { i: values.map(String) } }),
  func: (name: string): Attr => ({ func: { name, attr: {} } }),
  strings: (values: readonly string[]): Attr => ({ list: { s: values.map((v) => btoa(v)) } }),
};

/** Arguments or results of a function. */
const named = (list: readonly string[]): unknown[] => list.map((name) => ({ name, type: 'DT_FLOAT' }));

/** A GraphDef under construction. */
export class GraphDef {
  readonly nodes: unknown[] = [];
  readonly functions: unknown[] = [];
  readonly weights: { readonly name: string; readonly value: Tensor }[] = [];

  readonly #prefix: string;

  /** Weights of functions have names of their own in the manifest: `prefix` tells them apart. */
  constructor(prefix = '') {
    this.#prefix = prefix;
  }

  /** Adds a node and returns its name. */
  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attr>> = {}, name?: string): string {
    const given = name ?? `${op}_${this.nodes.length}`;
    this.nodes.push({ name: given, op, input: inputs, attr: attributes });
    return given;
  }

  /** Adds an input; a negative extent is unknown. */
  placeholder(name: string, shape: readonly number[], dtype = 'DT_FLOAT'): string {
    const dim = shape.map((d) => ({ size: String(d) }));
    return this.node('Placeholder', [], { dtype: attr.type(dtype), shape: { shape: { dim } } }, name);
  }

  /** Adds a weight. */
  constant(value: Tensor): string {
    const name = `${this.#prefix}const_${this.nodes.length}`;
    const dtype = { float32: 'DT_FLOAT', bool: 'DT_BOOL' }[value.dtype as string] ?? 'DT_INT32';
    this.weights.push({ name, value });
    return this.node('Const', [], { dtype: attr.type(dtype) }, name);
  }

  /** Adds a weight of int32 numbers. */
  ints(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.constant({ dtype: 'int32', shape, data: Int32Array.from(values) });
  }

  /** Adds a function of the library: `results` are references to outputs of its nodes, by the names of the results. */
  fn(name: string, args: readonly string[], body: GraphDef, results: Readonly<Record<string, string>>): string {
    this.functions.push({
      signature: { name, inputArg: named(args), outputArg: named(Object.keys(results)) },
      nodeDef: body.nodes,
      ret: results,
    });
    this.weights.push(...body.weights);
    return name;
  }

  /** The model, its weights in one shard. */
  files(signature?: unknown): ModelFiles {
    const manifest = this.weights.map(({ name, value }) => ({ name, shape: value.shape, dtype: value.dtype }));
    const json = {
      format: 'graph-model',
      modelTopology: {
        node: this.nodes,
        versions: {},
        ...(this.functions.length > 0 ? { library: { function: this.functions } } : {}),
      },
      weightsManifest: [{ paths: ['shard.bin'], weights: manifest }],
      ...(signature === undefined ? {} : { signature }),
    };
    return modelFiles(json, { 'shard.bin': join(this.weights.map((w) => toRaw(w.value))) });
  }
}

/** A model.json and its shards as files in memory. */
export function modelFiles(json: unknown, shards: Readonly<Record<string, Uint8Array>>): ModelFiles {
  const bytes = new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json));
  return {
    main: { name: 'model.json', bytes },
    read: async (name) => {
      const shard = shards[name];
      if (!shard) throw new LoadError('there is no such file', { file: name });
      return shard;
    },
  };
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, p) => sum + p.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.byteLength;
  }
  return all;
}

/** Saves a layers model as TensorFlow.js writes it, every weight random, variances positive. */
export async function savedLayers(model: LayersModel, seed = 1): Promise<ModelFiles> {
  const random = randomSource(seed);
  const weights = model.weights.map((w) => {
    const positive = w.name.includes('variance');
    const t = randomTensor('float32', w.shape.map(Number), random, positive ? 0.5 : -0.7, positive ? 1.5 : 0.7);
    return tf.tensor(Array.from(t.data), [...t.shape]);
  });
  model.setWeights(weights);
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  if (!saved?.weightData || !saved.weightSpecs) throw new Error('TensorFlow.js saved nothing');
  const data = tf.io.CompositeArrayBuffer.join(saved.weightData);
  const json = {
    format: 'layers-model',
    modelTopology: saved.modelTopology,
    weightsManifest: [{ paths: ['shard.bin'], weights: saved.weightSpecs }],
  };
  return modelFiles(json, { 'shard.bin': new Uint8Array(data) });
}

/** The importer that recognises these bytes. */
export function importerOf(files: ModelFiles): Importer {
  const found = [tfjsGraph, tfjsLayers].filter((i) => i.recognise(files.main.bytes));
  const [importer] = found;
  if (!importer || found.length !== 1) throw new Error(`${found.length} importers recognise ${files.main.name}`);
  return importer;
}

/** Random feeds for a graph's inputs; unknown extents as in `shapes`, else 1. Integers are in 0…255. */
export function randomFeeds(
  graph: Graph,
  seed = 1,
  shapes: Readonly<Record<string, readonly number[]>> = {},
): Map<string, Tensor> {
  const random = randomSource(seed);
  return new Map(
    graph.inputs.map(({ name, dtype, shape }) => {
      const extents = shapes[name] ?? shape.map((d) => (typeof d === 'number' ? d : 1));
      const integer = dtype !== 'float32';
      return [name, randomTensor(dtype, extents, random, integer ? 0 : -1, integer ? 255 : 1)];
    }),
  );
}

/** Runs a graph on the CPU reference, shapes bound to the feeds. */
export function runReference(graph: Graph, feeds: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const inputShapes = Object.fromEntries([...feeds].map(([name, t]) => [name, t.shape]));
  return runGraph(compile(graph, { inputShapes, level: 'reference' }), feeds);
}
