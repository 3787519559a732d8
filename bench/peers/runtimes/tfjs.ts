/** TensorFlow.js: a graph model on its WebGPU or its WASM backend. */
import * as tf from '@tensorflow/tfjs-core';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import type { Host, ImportRuntime } from './runtime.ts';

/** The parts of a model.json, as tfjs-file.ts writes it. */
interface ModelJson {
  readonly format: string;
  readonly modelTopology: object;
  readonly signature: object;
  readonly weightsManifest: readonly { readonly weights: tf.io.WeightsManifestEntry[] }[];
}

export const importTfjs: ImportRuntime = async ({ backend }, host) => {
  const threadsOf = backend === 'wasm' ? await importWasm(host) : await importWebgpu();
  return {
    load: async (files) => {
      if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend does not start here`);
      await tf.ready();
      const json: ModelJson = JSON.parse(new TextDecoder().decode(files.tfjsJson));
      const { buffer, byteOffset, byteLength } = files.tfjsWeights;
      const model = await loadGraphModel(
        tf.io.fromMemory({
          format: json.format,
          modelTopology: json.modelTopology,
          signature: json.signature,
          weightSpecs: json.weightsManifest.flatMap((group) => group.weights),
          weightData: buffer.slice(byteOffset, byteOffset + byteLength),
        }),
      );
      return {
        run: async () => {
          const x = tf.tensor(files.inputLast, [...files.inputShape], 'float32');
          const y = model.execute(x);
          if (Array.isArray(y)) throw new TypeError(`${y.length} outputs`);
          const data = await y.data();
          tf.dispose([x, y]);
          return Float32Array.from(data);
        },
        version: `TensorFlow.js ${tf.version_core}`,
        threads: threadsOf(),
      };
    },
  };
};

async function importWebgpu(): Promise<() => number> {
  await import('@tensorflow/tfjs-backend-webgpu');
  return () => 1;
}

/** Threads need a page that is cross-origin isolated; its build for Node has none. */
async function importWasm(host: Host): Promise<() => number> {
  const { getThreadsCount, setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(host.asset('@tensorflow/tfjs-backend-wasm/dist/'));
  setThreadsCount(host.threads);
  return () => (host.where === 'node' ? 1 : getThreadsCount());
}
