/** What a session and a run can be told. */
import { InputError } from '../core/errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import type { GraphInput, InputShapes } from '../ir/graph.ts';
import type { WeightsSource } from './model-source.ts';
import type { LoadProgress } from './progress.ts';
import type { ForcedVariants } from '../plan/lower.ts';
import type { TuningOptions } from '../measure/tuning.ts';
import type { StartThread } from '../core/start-thread.ts';
import type { PictureDecoder } from '../pictures/decode-file.ts';

/** Where a session gets its GPU: an adapter, a way to get one (needed to recover from a lost device), or a device. */
export type GpuSource = GPUAdapter | GPUDevice | (() => Promise<GPUAdapter | null>);

/** Options of `Session.create`. */
export interface SessionOptions extends TuningOptions {
  /**
   * `auto` (default): WebGPU on a hardware adapter, else WASM; the session's report says which, and why. Whoever gives `gpu`,
   * `variants`, `precision: 'float16'` or has kernels tuned means WebGPU. Or `webgpu`, `wasm`, or `cpu`, the plain reference:
   * from what is named there is no fallback.
   */
  readonly backend?: 'auto' | 'webgpu' | 'wasm' | 'cpu';
  /** Defaults to `navigator.gpu`. In Node see `tilewise/node`. */
  readonly gpu?: GpuSource;
  /**
   * Extents for inputs with symbolic dimensions, or what gives them once the inputs are known; an unnamed leading one (the
   * batch) defaults to 1. Files of Caffe and ncnn only suggest extents: those given here take their place. Inputs of unknown rank, which some files have, take theirs from shapes given as an object. So do lists
   * of tensors: an input `x` that is one becomes the inputs `x/0`, `x/1` …, as many as there are shapes for.
   */
  readonly inputShapes?: InputShapes | ((inputs: readonly GraphInput[]) => InputShapes);
  /**
   * Plans to keep: one for each set of input shapes, of elements that decide shapes or branches; 8 unless given. The least
   * recently used is let go, and its GPU memory with it: each holds the weights once more.
   */
  readonly maxPlans?: number;
  /**
   * How activations and weights are stored on the GPU; `float32` unless given. `float16` takes half the memory where
   * kernels have it, and needs the feature `shader-f16` (PlanError without). Sums stay in float32, as do inputs,
   * outputs, and statistics and denominators with what they are made of (squares, powers, exponentials). Measured on photographs, it moves class probabilities by up to 2e-4 (MobileNet v2), normalised boxes by
   * 8e-4 (RFB-320), raw maps of a detector by 0.3 % of their root mean square (FastestDet); elements beyond 65504
   * become infinite, and `Session.check` names the nodes where they do. Without meaning on the CPU.
   */
  readonly precision?: 'float32' | 'float16';
  /**
   * How weights of convolutions and matrix products are stored; `float` unless given: as `precision` says. `int8` takes a
   * quarter of a float32's memory: each output channel has a scale, and kernels multiply by it. A weight is then off by at most
   * 1/254 of the largest of its channel. Convolutions of 3×3 by Winograd's algorithm are left to other kernels, which may be slower. What a file
   * has in eight bits without zero points stays so in either. On the CPU it means the same.
   */
  readonly weightStorage?: 'float' | 'int8';
  /**
   * Submits a network in slices of about this many milliseconds of GPU time, so that a page on the same GPU keeps drawing:
   * 8 leaves half of a frame at 60 Hz. The first run times the steps one by one; a step that takes longer is a slice by
   * itself. Not given, a run is one submit, which is fastest. Without meaning on the CPU.
   */
  readonly frameBudgetMs?: number;
  /**
   * Threads that share the work of the WASM backend, 1 to 64; 1 unless given. More need a page that is isolated from others
   * (`crossOriginIsolated`). Results do not depend on their number. Without meaning elsewhere.
   */
  readonly threads?: number;
  /** How such a thread is started, in place of a page's Workers. Node brings its own. */
  readonly startThread?: StartThread;
  /** Told how far the load has come, until it is done, fails or is given up; `create` rejects with what it throws. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /**
   * Hosts that files of a model from a URL may come from, beside the model's own: `['cdn.example.org', 'localhost:8080']`. A
   * model names its shards and external data itself; without the caller's word they must lie beside or below it.
   */
  readonly allowHosts?: readonly string[];
  /** Makes pictures of the files that are given as such, in place of the page's own decoders. Node brings `decodeImage`. */
  readonly decodePicture?: PictureDecoder;
  /** Gives the load up, whatever its stage: `create` rejects with the signal's reason, and what was made is freed. */
  readonly signal?: AbortSignal;
  /**
   * How the integers of a TensorFlow Lite file are rounded: `shipped`, as the runtime that people have does (LiteRT; the
   * default), or `reference`, as TensorFlow Lite's reference kernels do, and microcontrollers; both to the bit. An InputError
   * with other formats.
   */
  readonly rounding?: 'shipped' | 'reference';
  /**
   * Which signature of a TensorFlow Lite file runs, and names the inputs and outputs; `serving_default`, else that of the first
   * subgraph unless given. An InputError that lists them where the file has none of this name; and with other formats.
   */
  readonly signature?: string;
  /**
   * The weights of a network of Caffe (`.caffemodel`) or ncnn (`.bin`), whose main file does not name theirs: without, they are read
   * from the file beside it that is called as it is. A URL, bytes or a Blob; in Node a string may be a path. An InputError with other
   * formats.
   */
  readonly weights?: WeightsSource;
  /** Kernel variants to force, by operator: for tests and benches. */
  readonly variants?: ForcedVariants;
}

/** What they may be. */
export const SESSION_OPTIONS: OptionRules<SessionOptions> = {
  backend: ['auto', 'webgpu', 'wasm', 'cpu'],
  gpu: 'object',
  inputShapes: 'object',
  maxPlans: 'count',
  precision: ['float32', 'float16'],
  weightStorage: ['float', 'int8'],
  frameBudgetMs: 'positive',
  threads: 'count',
  startThread: 'function',
  onProgress: 'function',
  allowHosts: 'list',
  decodePicture: 'function',
  signal: 'signal',
  rounding: ['shipped', 'reference'],
  signature: 'text',
  weights: 'any',
  variants: 'object',
  tune: ['off', 'cached', 'full'],
  tuneBudgetMs: 'number',
  tuningCache: 'object',
};

/** What tells where a session is to run. */
export type PlaceOptions = Pick<SessionOptions, 'backend' | 'gpu' | 'variants' | 'precision' | 'tune'>;

/** True where it is left to the session whether it runs on the GPU: `auto`, and nothing that has a meaning only there. */
export function mayChoose({ backend, gpu, variants, precision, tune = 'off' }: PlaceOptions): boolean {
  // With `auto` in so many words, as from Node, a function says where an adapter would come from.
  const given = variants ?? (backend && typeof gpu === 'function' ? undefined : gpu);
  return (backend ?? 'auto') === 'auto' && !given && precision !== 'float16' && tune === 'off';
}

/** Options of one run. */
export interface RunOptions {
  /** Outputs to give, by name: others are not read back. All of them unless given. */
  readonly fetches?: readonly string[];
  /**
   * `gpu` leaves the outputs on the device, in buffers that are the caller's to destroy: GpuTensors, four bytes an element.
   * Default `host`. They are feeds as they are.
   */
  readonly outputs?: 'host' | 'gpu';
  /**
   * Outputs to leave on the device, by name, as `outputs: 'gpu'` leaves all; the others come to the host with the same submission.
   * So the states of a recurrent network never leave the device, and its answers cost no second call:
   *
   * ```ts
   * const { y, hn } = await session.run({ x: frame, h: state }, { keep: ['hn'] });
   * if ('buffer' in state) state.buffer.destroy(); // the first is zeros in host memory
   * state = hn;
   * ```
   *
   * An InputError for a name that is none of the model's outputs, and on the CPU.
   */
  readonly keep?: readonly string[];
  /** As the session's, for this run. */
  readonly frameBudgetMs?: number;
  /** Asked before the run begins and between its slices. */
  readonly signal?: AbortSignal;
}

/** What they may be. */
export const RUN_OPTIONS: OptionRules<RunOptions> = {
  fetches: 'list',
  outputs: ['host', 'gpu'],
  keep: 'list',
  frameBudgetMs: 'positive',
  signal: 'signal',
};

/** Throws InputError for a name that is none of the model's outputs. */
export function checkFetches(outputs: readonly string[], fetches: readonly string[] | undefined): void {
  const unknown = fetches?.find((name) => !outputs.includes(name));
  if (unknown !== undefined) {
    throw new InputError(`"${unknown}" is not an output; the outputs are "${outputs.join('", "')}"`);
  }
}
