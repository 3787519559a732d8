/** onnxruntime-web: its plain WASM build, and either of its WebGPU engines. */
import { channelsFirst } from '../onnx-file.ts';
import type { ImportRuntime } from './runtime.ts';

type Ort = typeof import('onnxruntime-web');

const DIST = 'onnxruntime-web/dist';

/** Self-contained module, and the WASM binary it needs. */
const BUILDS = {
  wasm: ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm', 'WASM'],
  jsep: ['ort.bundle.min.mjs', 'ort-wasm-simd-threaded.jsep.wasm', 'JSEP engine'],
  native: ['ort.webgpu.bundle.min.mjs', 'ort-wasm-simd-threaded.asyncify.wasm', 'native WebGPU engine'],
} as const;

export const importOrt: ImportRuntime = async ({ backend, flavour }, host) => {
  const build = backend === 'wasm' || flavour === 'only' ? 'wasm' : flavour;
  const [file, wasm, name] = BUILDS[build];
  // In Node only the build made for it starts threads; the GPU engines, made for pages, are given their binary.
  const threads = backend === 'wasm' || host.where === 'chromium' ? host.threads : 1;
  const module = host.where === 'node' && build === 'wasm' ? 'ort.node.min.mjs' : file;
  const ort: Ort = await import(/* @vite-ignore */ host.module(`${DIST}/${module}`));
  ort.env.logLevel = 'error';
  ort.env.wasm.numThreads = threads;
  if (module === file) ort.env.wasm.wasmBinary = toBuffer(await host.read(`${DIST}/${wasm}`));
  return {
    load: async (files) => {
      const session = await ort.InferenceSession.create(files.onnx, {
        executionProviders: [backend],
        graphOptimizationLevel: 'all',
      });
      const dims = channelsFirst({ shape: files.inputShape });
      const input = session.inputNames[0] ?? '';
      const output = session.outputNames[0] ?? '';
      return {
        run: async () => {
          const results = await session.run({ [input]: new ort.Tensor('float32', files.inputFirst, dims) });
          const data = await results[output]?.getData();
          if (!(data instanceof Float32Array)) throw new TypeError(`no float32 output "${output}"`);
          return data;
        },
        version: `onnxruntime-web ${ort.env.versions.web ?? ''} (${name})`,
        threads,
      };
    },
  };
};

function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBufferLike {
  return buffer.slice(byteOffset, byteOffset + byteLength);
}
