/** The process of onnxruntime-web: loads a model from a file, runs it when told, and says how long each run took. */
import { readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';
import { nodeHost } from '../../peers/node-host.ts';

type Ort = typeof import('onnxruntime-web');

/** A tensor as onnxruntime takes it. */
export interface OrtFeed {
  readonly type: 'float32' | 'int64' | 'int32' | 'uint8' | 'int8' | 'bool';
  readonly dims: readonly number[];
  readonly data: ArrayBufferView;
}

/** What the parent asks for. The feeds lie in a file, serialised by `node:v8`. */
export type OrtRequest =
  | {
      readonly kind: 'start';
      readonly backend: 'wasm' | 'webgpu';
      readonly threads: number;
      readonly model: string;
      readonly feeds: string;
      /** Inputs that are states, and the outputs that are these in the next run: they stay in GPU buffers. */
      readonly states: Readonly<Record<string, string>> | undefined;
    }
  | { readonly kind: 'run'; readonly answer: boolean };

/** A run: its time, and the outputs where they were asked for. */
export interface OrtRan {
  readonly ms: number;
  readonly outputs: Readonly<Record<string, OrtFeed>> | undefined;
}

/** What the child answers. */
export type OrtAnswer = { readonly result: OrtRan } | { readonly error: string };

/** Runs the model: as it was fed at first and with all outputs on the host, where `whole`, else the next step. */
let runOnce: ((whole: boolean) => Promise<Readonly<Record<string, OrtFeed>>>) | undefined;

async function start({
  backend,
  threads,
  model,
  feeds,
  states = {},
}: Extract<OrtRequest, { kind: 'start' }>): Promise<void> {
  const { host } = nodeHost(threads, backend === 'webgpu');
  const file = backend === 'wasm' ? 'ort.node.min.mjs' : 'ort.webgpu.bundle.min.mjs';
  const ort: Ort = await import(host.module(`onnxruntime-web/dist/${file}`));
  ort.env.logLevel = 'error';
  ort.env.wasm.numThreads = backend === 'wasm' ? threads : 1;
  if (backend === 'webgpu') {
    const binary = await host.read('onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm');
    ort.env.wasm.wasmBinary = binary.buffer.slice(binary.byteOffset, binary.byteOffset + binary.byteLength);
  }
  const session = await ort.InferenceSession.create(new Uint8Array(readFileSync(model)), {
    executionProviders: [backend],
    graphOptimizationLevel: 'all',
    preferredOutputLocation: Object.fromEntries(Object.values(states).map((name) => [name, 'gpu-buffer'] as const)),
  });
  const given = deserialize(readFileSync(feeds)) as Readonly<Record<string, OrtFeed>>;
  const tensors = Object.fromEntries(
    Object.entries(given).map(([name, { type, dims, data }]) => [name, new ort.Tensor(type, data as never, [...dims])]),
  );
  let kept: Record<string, (typeof tensors)[string]> = {};
  runOnce = async (whole) => {
    const results = await session.run(whole ? tensors : { ...tensors, ...kept });
    const outputs: Record<string, OrtFeed> = {};
    for (const [name, value] of Object.entries(results)) {
      if (!whole && value.location === 'gpu-buffer') continue;
      outputs[name] = { type: value.type as OrtFeed['type'], dims: value.dims, data: (await value.getData()) as never };
    }
    const next = Object.entries(states).flatMap(([to, from]) => (results[from] ? [[to, results[from]] as const] : []));
    for (const state of Object.values(kept)) state.dispose();
    kept = Object.fromEntries(next);
    return outputs;
  };
}

async function obey(request: OrtRequest): Promise<OrtRan> {
  if (request.kind === 'start') await start(request);
  if (!runOnce) throw new Error('not started');
  const begin = performance.now();
  const outputs = await runOnce(request.kind === 'run' && request.answer);
  const ms = performance.now() - begin;
  return { ms, outputs: request.kind === 'run' && request.answer ? outputs : undefined };
}

function answer(message: OrtAnswer): void {
  process.send?.(message);
}

// Without a parent there is nobody to answer.
process.on('disconnect', () => process.exit());

process.on('message', (request: OrtRequest) => {
  obey(request).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }),
  );
});
