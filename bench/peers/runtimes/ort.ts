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
  const tap = tapConsole();
  const ort: Ort = await import(/* @vite-ignore */ host.module(`${DIST}/${module}`));
  ort.env.logLevel = 'error';
  ort.env.wasm.numThreads = threads;
  if (module === file) ort.env.wasm.wasmBinary = toBuffer(await host.read(`${DIST}/${wasm}`));
  const options = { executionProviders: [backend], graphOptimizationLevel: 'all' } as const;
  return {
    fallBack: async ({ onnx }) => {
      if (backend === 'wasm') return undefined;
      const lines = (tap.lines = []);
      const session = await ort.InferenceSession.create(onnx, { ...options, logSeverityLevel: 0 });
      tap.lines = undefined;
      await session.release();
      return fallBackIn(lines);
    },
    load: async (files) => {
      const session = await ort.InferenceSession.create(files.onnx, options);
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

/** Lines that are written to the console while it is on, which then go nowhere else. */
interface ConsoleTap {
  lines: string[] | undefined;
}

/** Taps the console. The library keeps the functions that it finds there when it is imported. */
function tapConsole(): ConsoleTap {
  const tap: ConsoleTap = { lines: undefined };
  for (const name of ['log', 'warn', 'error', 'info', 'debug'] as const) {
    const write = console[name].bind(console);
    console[name] = (...args: readonly unknown[]) => {
      if (tap.lines) tap.lines.push(args.join(' '));
      else write(...args);
    };
  }
  return tap;
}

/** A note on nodes that are on the CPU; undefined where none is. Throws where the log does not say. */
export function fallBackIn(lines: readonly string[]): string | undefined {
  const placed = lines.flatMap((line) => {
    const [, provider = '', count] = /placed on \[(\w+)\]\. Number of nodes: (\d+)/.exec(line) ?? [];
    return count === undefined ? [] : [{ provider, count: Number(count) }];
  });
  const all = lines.some((line) => /All nodes placed on \[(?!CPU)\w+\]/.test(line));
  if (placed.length === 0 && !all) throw new TypeError('the log does not say where the nodes were placed');
  const total = placed.reduce((sum, { count }) => sum + count, 0);
  const onCpu = placed.filter(({ provider }) => provider.startsWith('CPU')).reduce((sum, { count }) => sum + count, 0);
  return onCpu === 0 ? undefined : `falls back to the CPU: ${onCpu} of ${total} nodes`;
}

function toBuffer({ buffer, byteOffset, byteLength }: Uint8Array): ArrayBufferLike {
  return buffer.slice(byteOffset, byteOffset + byteLength);
}
