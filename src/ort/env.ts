/** `env` of `tilewise/ort`: the settings pages make before they create a session, and the one device that sessions share. */
import { openDevice } from '../session/gpu-backend.ts';
import { guarded, guardedAsync } from './guard.ts';
import { requireDevice } from './options.ts';
import { SharedDevice } from './shared-device.ts';

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

/** Settings for all sessions. Those of `wasm` but for `numThreads` are taken and mean nothing: they are about onnxruntime's own modules. */
export interface Env {
  logLevel?: 'verbose' | 'info' | 'warning' | 'error' | 'fatal';
  debug?: boolean;
  trace?: boolean;
  /** `common`: the version of onnxruntime-common whose interface this is. */
  readonly versions: { readonly common: string };
  readonly wasm: {
    /**
     * Threads of sessions that are created from now on, on `wasm`; 0, or not set, is one. More need a page that is
     * `crossOriginIsolated`: elsewhere it becomes 1. Results do not depend on it.
     */
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

/** Finds an adapter by the page's settings; with `isHardware`, one that is a program need not be looked for. */
export type FindAdapter = (settings: GPURequestAdapterOptions, isHardware: boolean) => Promise<GPUAdapter | null>;

/** An `env`, and what sessions ask of it. */
export interface Devices {
  readonly env: Env;
  /** True where the page said which device or adapter: it means WebGPU. */
  readonly isChosen: () => boolean;
  /** The shared device if it is hardware. Rejects with DeviceError NO_DEVICE where there is none. */
  readonly hardware: () => Promise<GPUDevice>;
}

/** Makes an `env` whose device is opened on the adapter that `find` gives unless the page names another. */
export function createEnv(find: FindAdapter): Devices {
  const shared = new SharedDevice((isHardware) =>
    guardedAsync('env.webgpu', () => {
      const { adapter, powerPreference = 'high-performance', forceFallbackAdapter = false } = webgpu;
      return openDevice(adapter ?? (() => find({ powerPreference, forceFallbackAdapter }, isHardware)), isHardware);
    }),
  );
  const webgpu: WebGpuSettings = {
    adapter: undefined,
    profiling: {},
    get device(): Promise<GPUDevice> {
      return shared.get();
    },
    set device(value: GPUDevice) {
      shared.give(guarded('env.webgpu', () => requireDevice(value)));
    },
  };
  return {
    env: { logLevel: 'warning', versions: { common: '1.30.0' }, wasm: {}, webgpu },
    isChosen: () => shared.isGiven || Boolean(webgpu.adapter) || Boolean(webgpu.forceFallbackAdapter),
    hardware: () => shared.getHardware(),
  };
}
