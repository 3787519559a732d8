/** The process of one engine: obeys its parent's messages, one at a time. */
import { readFileSync } from 'node:fs';
import { ENGINES } from './engines.ts';
import { nodeHost } from './node-host.ts';
import type { PeerFiles } from './runtimes/runtime.ts';
import { Station, type StationConfig } from './station.ts';

/** What the parent asks for. */
export type Request =
  | {
      readonly kind: 'start';
      readonly config: StationConfig;
      readonly files: FilePaths;
      readonly threads: number;
      /** URL of tilewise's main module. */
      readonly engine: string;
    }
  | { readonly kind: 'run' };

/** Files of a model on disk, as `PeerFiles` has them in memory. */
export type FilePaths = { readonly [K in Exclude<keyof PeerFiles, 'inputShape'>]: string } & Pick<
  PeerFiles,
  'inputShape'
>;

/** What it answers: the result, or the message of what went wrong. */
export type Answer = { readonly result: object } | { readonly error: string };

const station = new Station();

async function obey(request: Request): Promise<object> {
  if (request.kind === 'run') return station.run();
  const { config, files, threads, engine } = request;
  const { host, adapterName } = nodeHost(threads, ENGINES[config.engine].backend === 'webgpu', engine);
  const started = await station.start(config, readFiles(files), host);
  return { ...started, adapter: adapterName() };
}

function readFiles({ inputShape, ...paths }: FilePaths): PeerFiles {
  return {
    onnx: bytes(paths.onnx),
    tfjsJson: bytes(paths.tfjsJson),
    tfjsWeights: bytes(paths.tfjsWeights),
    tflite: bytes(paths.tflite),
    inputShape,
    inputLast: floats(paths.inputLast),
    inputFirst: floats(paths.inputFirst),
  };
}

/** In memory of their own: Node's pool would leave them at odd offsets. */
function bytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path));
}

function floats(path: string): Float32Array {
  return new Float32Array(bytes(path).buffer);
}

function answer(message: Answer): void {
  process.send?.(message);
}

// Without a parent there is nobody to answer.
process.on('disconnect', () => process.exit());

process.on('message', (request: Request) => {
  obey(request).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }),
  );
});
