/** `env` of `tilewise/ort`: the settings pages make before they create a session, and the one device that sessions share. */
import { openDevice } from '../session/gpu-backend.ts';
import { guarded, guardedAsync } from './guard.ts';
import { requireDevice } from './options.ts';

/** What one step of a profiled run took, in the form onnxruntime-web gives it. */
export interface ProfilingData {
  readonly version: 1;
  readonly inputsMetadata: readonly { dims: readonly number[]; dataType: string }[];
  readonly outputsMetadata: readonly { dims: readonly number[]; dataType: string }[];
  readonly kernelId: number;
  readonly kernelType: string;
  readonly kernelName: string;
  readonly programName: string;
  /** Nanoseconds since the run began, by the steps' own times. */
  readonly startTime: number;
  readonly endTime: number;
}

/** Settings of WebGPU. They count until the first session opens the device. */
export interface WebGpuSettings {
  powerPreference?: 'low-power' | 'high-performance';
  forceFallbackAdapter?: boolean;
  /** An adapter to open the device on. */
  adapter: GPUAdapter | undefined;
  /** The device of all sessions: set one of your own, or await the one that is opened when it is first needed. */
  get device(): Promise<GPUDevice>;
  set device(value: GPUDevice);
  profiling: { mode?: 'off' | 'default'; ondata?: (data: ProfilingData) => void };
  profilingMode?: 'off' | 'default';
  validateInputContent?: boolean;
}

/** Settings for all sessions. Those of `wasm` are taken and mean nothing: there is no WebAssembly in tilewise. */
export interface Env {
  logLevel?: 'verbose' | 'info' | 'warning' | 'error' | 'fatal';
  debug?: boolean;
  trace?: boolean;
  /** `common`: the version of onnxruntime-common whose interface this is. */
  readonly versions: { readonly common: string };
  readonly wasm: {
    numThreads?: number;
    simd?: boolean | 'fixed' | 'relaxed';
    trace?: boolean;
    initTimeout?: number;
    wasmPaths?: string | { wasm?: URL | string; mjs?: URL | string };
    wasmBinary?: ArrayBufferLike | Uint8Array;
    proxy?: boolean;
  };
  readonly webgpu: WebGpuSettings;
  [name: string]: unknown;
}

/** Makes an `env` whose device is opened on `defaultAdapter`'s adapter unless the page names another. */
export function createEnv(defaultAdapter: (settings: GPURequestAdapterOptions) => Promise<GPUAdapter | null>): Env {
  return { logLevel: 'warning', versions: { common: '1.30.0' }, wasm: {}, webgpu: createSettings(defaultAdapter) };
}

function createSettings(
  defaultAdapter: (settings: GPURequestAdapterOptions) => Promise<GPUAdapter | null>,
): WebGpuSettings {
  let shared: Promise<GPUDevice> | undefined;
  return {
    adapter: undefined,
    profiling: {},
    get device(): Promise<GPUDevice> {
      if (shared) return shared;
      const { adapter, powerPreference = 'high-performance', forceFallbackAdapter = false } = this;
      const opening = guardedAsync('env.webgpu', () =>
        openDevice(adapter ?? (() => defaultAdapter({ powerPreference, forceFallbackAdapter }))),
      );
      const forget = (): void => {
        if (shared === opening) shared = undefined;
      };
      opening.then((device) => device.lost.then(forget), forget);
      shared = opening;
      return opening;
    },
    set device(value: GPUDevice) {
      shared = Promise.resolve(guarded('env.webgpu', () => requireDevice(value)));
    },
  };
}
