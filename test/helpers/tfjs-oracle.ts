/** TensorFlow.js as an independent oracle in Node: its own loader, on its WASM or plain JavaScript kernels. */
import { createRequire } from 'node:module';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-cpu';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';

/** Which of TensorFlow.js's kernels: `wasm` for whole networks, `cpu` has every operator but is slow. */
export type TfjsBackend = 'cpu' | 'wasm';

/** The parts of a model.json that the oracle reads; TensorFlow.js checks the rest itself. */
interface Json {
  readonly format?: string;
  readonly modelTopology: { readonly node?: unknown };
  readonly weightsManifest?: readonly {
    readonly paths: readonly string[];
    readonly weights: tf.io.WeightsManifestEntry[];
  }[];
  readonly signature?: Signature;
  readonly userDefinedMetadata?: { readonly signature?: Signature };
}

interface Signature {
  readonly outputs?: Readonly<Record<string, { readonly name: string }>>;
}

/**
 * Loads a model.json with its shards and runs it once. Feeds are by the names of the engine's graph inputs, results by
 * those of its outputs: tensor names (`Identity:0`) of a graph model, layer names of a layers model.
 */
export async function tfjsPredict(
  files: ModelFiles,
  feeds: ReadonlyMap<string, Tensor>,
  backend: TfjsBackend = 'cpu',
): Promise<Map<string, Tensor>> {
  await useBackend(backend);
  const json = JSON.parse(new TextDecoder().decode(files.main.bytes)) as Json;
  const handler = tf.io.fromMemory(await artifacts(json, files));
  const graph = json.format === 'graph-model' || json.modelTopology.node !== undefined;
  return graph ? runGraphModel(json, handler, feeds) : runLayersModel(handler, feeds);
}

/** Makes TensorFlow.js compute with one of its backends; needed before models are built with it, too. */
export async function useBackend(backend: TfjsBackend): Promise<void> {
  if (backend === 'wasm') {
    const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    setWasmPaths(`${path.dirname(main)}${path.sep}`);
    setThreadsCount(1);
  }
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} backend here`);
  await tf.ready();
}

async function artifacts(json: Json, files: ModelFiles): Promise<tf.io.ModelArtifacts> {
  const manifest = json.weightsManifest ?? [];
  const shards: Uint8Array[] = [];
  for (const name of manifest.flatMap((g) => g.paths)) shards.push(await files.read(name));
  const weightData = new Uint8Array(shards.reduce((sum, s) => sum + s.byteLength, 0));
  let offset = 0;
  for (const shard of shards) {
    weightData.set(shard, offset);
    offset += shard.byteLength;
  }
  const signature = json.signature ?? json.userDefinedMetadata?.signature;
  return {
    modelTopology: json.modelTopology,
    weightSpecs: manifest.flatMap((g) => g.weights),
    weightData: weightData.buffer,
    ...(json.format === undefined ? {} : { format: json.format }),
    ...(signature === undefined ? {} : { signature }),
  };
}

async function runGraphModel(
  json: Json,
  handler: tf.io.IOHandler,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<Map<string, Tensor>> {
  const model = await loadGraphModel(handler);
  const signature = json.signature ?? json.userDefinedMetadata?.signature;
  const signed = Object.values(signature?.outputs ?? {}).map((o) => o.name);
  const names = signed.length > 0 ? signed : model.outputNodes;
  const inputs = Object.fromEntries([...feeds].map(([name, t]) => [name, toTf(t)]));
  // Suppression is no synchronous operator there; of all others, waiting is what is complained of.
  const waits = JSON.stringify(json.modelTopology).includes('NonMaxSuppression');
  const results = [waits ? await model.executeAsync(inputs, names) : model.execute(inputs, names)].flat();
  const read = await Promise.all(results.map(fromTf));
  tf.dispose([...results, ...Object.values(inputs)]);
  model.dispose();
  return new Map(names.map((name, i) => [name, got(read[i], name)]));
}

async function runLayersModel(
  handler: tf.io.IOHandler,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<Map<string, Tensor>> {
  const model = await loadLayersModel(handler);
  // Not inputNames and outputNames: a Sequential model leaves them empty.
  const inputs = model.inputs.map(({ sourceLayer: { name } }) => toTf(got(feeds.get(name), name)));
  const results = [model.predict(inputs)].flat();
  const read = await Promise.all(results.map(fromTf));
  const names = model.outputs.map((o) => o.sourceLayer.name);
  tf.dispose([...results, ...inputs]);
  model.dispose();
  return new Map(names.map((name, i) => [name, got(read[i], name)]));
}

function toTf({ dtype, shape, data }: Tensor): tf.Tensor {
  return tf.tensor(Array.from(data), [...shape], dtype === 'float32' || dtype === 'bool' ? dtype : 'int32');
}

async function fromTf(t: tf.Tensor): Promise<Tensor> {
  const dtype = t.dtype === 'float32' || t.dtype === 'bool' ? t.dtype : 'int32';
  return tensorOf(dtype, t.shape, await t.data());
}

function got<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`TensorFlow.js has nothing named "${name}"`);
  return value;
}
