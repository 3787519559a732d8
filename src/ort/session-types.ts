/** The types of `tilewise/ort`'s InferenceSession, structurally those of onnxruntime-common. */
import type { AnyTensor, TensorLocation, TensorType } from './tensor-types.ts';

/** A file: its address (or path, in Node), or its bytes. */
export type FileLike = string | Blob | Uint8Array | ArrayBufferLike;

/** A file of external data: where it is, or what it holds under the path the model knows it by. */
export type ExternalFile = string | { data: FileLike; path: string };

/** An execution provider by name, or with options; of these `device` (a GPUDevice) counts. */
export type ExecutionProvider = string | { readonly name: string };

/** Options of `InferenceSession.create`; those not listed here concern speed, memory and logs, and are taken and not used. */
export interface OrtSessionOptions {
  /**
   * In the order of preference: `webgpu`, `wasm` (SIMD kernels on the CPU) and `cpu`, tilewise's plain reference. The next is
   * taken where there is none of one; others are passed over. Without a list it is WebGPU on a hardware adapter, else WASM;
   * a device, adapter or `forceFallbackAdapter` in `env.webgpu`, or outputs that are to stay on the GPU, mean `webgpu`.
   */
  executionProviders?: readonly ExecutionProvider[];
  /** Extents for symbolic dimensions, by their name. */
  freeDimensionOverrides?: { readonly [dimension: string]: number };
  /** `cpu` or `gpu-buffer`, for all outputs or by name. */
  preferredOutputLocation?: TensorLocation | { readonly [output: string]: TensorLocation };
  externalData?: readonly ExternalFile[];
  /** Profiles each run, as between `startProfiling` and `endProfiling`. */
  enableProfiling?: boolean;
  /** Refused: tilewise writes no models. */
  optimizedModelFilePath?: string;
  graphOptimizationLevel?: 'disabled' | 'basic' | 'extended' | 'layout' | 'all';
  executionMode?: 'sequential' | 'parallel';
  intraOpNumThreads?: number;
  interOpNumThreads?: number;
  enableCpuMemArena?: boolean;
  enableMemPattern?: boolean;
  enableGraphCapture?: boolean;
  profileFilePrefix?: string;
  logId?: string;
  logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
  logVerbosityLevel?: number;
  extra?: Record<string, unknown>;
}

/** Options of `run`; only `terminate`, which is refused, would change what comes out. */
export interface OrtRunOptions {
  terminate?: boolean;
  tag?: string;
  logSeverityLevel?: 0 | 1 | 2 | 3 | 4;
  logVerbosityLevel?: number;
  extra?: Record<string, unknown>;
}

/** Tensors by the names of a model's inputs or outputs. */
export interface TensorMap {
  readonly [name: string]: AnyTensor;
}

/** Which outputs are wanted: their names, or an object with a tensor to write each into, or null to make one. */
export type Fetches = readonly string[] | { readonly [name: string]: AnyTensor | null };

/** What is known of an input or output. Extents are numbers, or names of symbolic dimensions. */
export interface TensorMetadata {
  readonly name: string;
  readonly isTensor: true;
  readonly type: TensorType;
  /** Empty for an output whose shape the model does not say. */
  readonly shape: readonly (number | string)[];
}

/** A model, ready to run. */
export interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly inputMetadata: readonly TensorMetadata[];
  readonly outputMetadata: readonly TensorMetadata[];
  /** Runs the model. Rejects with InputError for feeds, fetches or options that do not fit it. */
  run(feeds: TensorMap, options?: OrtRunOptions): Promise<TensorMap>;
  /** Runs the model for some of its outputs. */
  run(feeds: TensorMap, fetches: Fetches, options?: OrtRunOptions): Promise<TensorMap>;
  /** Frees the model's memory. Rejects with InputError when that was done before. */
  release(): Promise<void>;
  /** From now on each run is followed by one that is timed; `env.webgpu.profiling.ondata` gets what each step took. */
  startProfiling(): void;
  endProfiling(): void;
}

/** Makes sessions. All forms reject with ImportError, UnsupportedError, LoadError, DeviceError or InputError. */
export interface OrtSessionFactory {
  /** From an address; in Node also from a path. */
  create(uri: string, options?: OrtSessionOptions): Promise<OrtSession>;
  /** From bytes. */
  create(buffer: ArrayBufferLike | Uint8Array, options?: OrtSessionOptions): Promise<OrtSession>;
  /** From part of a buffer. */
  create(
    buffer: ArrayBufferLike,
    byteOffset: number,
    byteLength?: number,
    options?: OrtSessionOptions,
  ): Promise<OrtSession>;
}
