/** The page of one engine: what Node's child process is there, as functions on `globalThis.peer`. */
import { adapterName } from '../../../src/runtime/webgpu/device.ts';
import { ENGINES } from '../engines.ts';
import type { Host, PeerFiles } from '../runtimes/runtime.ts';
import { Station, type Ran, type Started, type StationConfig } from '../station.ts';

/** Answers survive JSON. */
export interface PeerPage {
  /** Fetches the model's files, then starts the engine on them; the browser's GPU process is up before it does. */
  readonly start: (config: StationConfig, inputShape: readonly number[], threads: number) => Promise<PageStarted>;
  readonly run: () => Promise<Ran>;
}

/** `Started`, the adapter, and whether threads have shared memory. */
export interface PageStarted extends Started {
  readonly adapter: string | undefined;
}

const station = new Station();

async function start(config: StationConfig, inputShape: readonly number[], threads: number): Promise<PageStarted> {
  if (!crossOriginIsolated) throw new Error('the page is not cross-origin isolated: WASM threads cannot start');
  const files: PeerFiles = {
    onnx: await bytes('/model/onnx'),
    tfjsJson: await bytes('/model/tfjsJson'),
    tfjsWeights: await bytes('/model/tfjsWeights'),
    tflite: await bytes('/model/tflite'),
    inputShape,
    inputLast: new Float32Array((await bytes('/model/inputLast')).buffer),
    inputFirst: new Float32Array((await bytes('/model/inputFirst')).buffer),
  };
  const adapter = ENGINES[config.engine].backend === 'webgpu' ? await wakeGpu() : undefined;
  return { ...(await station.start(config, files, host(threads))), adapter };
}

/** Starts the GPU process with a device that is thrown away: its start is the browser's, not an engine's. */
async function wakeGpu(): Promise<string> {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('no WebGPU adapter');
  (await adapter.requestDevice()).destroy();
  return adapterName(adapter.info);
}

const asset = (path: string): string => `${location.origin}/vendor/${path}`;

function host(threads: number): Host {
  return {
    where: 'chromium',
    threads,
    module: asset,
    asset,
    read: (path) => bytes(`/vendor/${path}`),
    engine: () => import('../../../src/index.ts'),
    adapter: () => navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }),
  };
}

async function bytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

declare global {
  var peer: PeerPage;
}

globalThis.peer = { start, run: () => station.run() };
