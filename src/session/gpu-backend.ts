/** The GPU backend: a device, what was measured of it, and the plans that are loaded on it. */
import type { ProfileReport } from '../analysis/profile.ts';
import { DeviceError } from '../core/errors.ts';
import type { DeviceProfile } from '../core/limits.ts';
import { Lazy, onDemand } from '../core/on-demand.ts';
import { stored, valueBytes } from '../core/storage.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Graph, InputShapes } from '../ir/graph.ts';
import { SessionTuning } from '../measure/tuning.ts';
import { PictureWriter } from '../pictures/picture-writer.ts';
import { WIDE } from '../plan/arrangement/storages.ts';
import { planGraph, type PlanOptions } from '../plan/plan-graph.ts';
import type { Plan } from '../plan/plan.ts';
import type { StepReport } from '../runtime/webgpu/check.ts';
import { adapterName, classOf, profileOf, requestDevice } from '../runtime/webgpu/device.ts';
import type { GpuTensor } from '../runtime/webgpu/elements.ts';
import { Executor } from '../runtime/webgpu/executor.ts';
import type { InputWriter } from '../runtime/webgpu/input-writer.ts';
import { onLost } from '../runtime/webgpu/lost.ts';
import { compilePipelines } from '../runtime/webgpu/pipelines.ts';
import { Pauses } from '../util/pause.ts';
import type { Backend, PrepareSettings, Prepared } from './backend.ts';
import { compileGraph, type CompileForOptions } from './compile-graph.ts';
import type { CheckedFeed } from './feeds.ts';
import { needsGpu } from './needs-gpu.ts';
import type { GpuSource, RunOptions, SessionOptions } from './options.ts';
import type { ProfileOptions } from './profile.ts';
import type { PrepareReport } from './report.ts';

// Kept, since a stream asks with every frame, and an import takes a while even of what is there.
const ON_DEVICE = new Lazy('tensors on the GPU', () => import('../runtime/webgpu/on-device.ts'));

/** Runs graphs at level `full`, as plans on one device. */
export class GpuBackend implements Backend {
  readonly kind = 'webgpu';
  readonly device: GPUDevice;
  readonly adapter: string;
  readonly choice?: string;
  readonly #options: SessionOptions;
  readonly #tuning: SessionTuning;
  readonly #pictures: PictureWriter;

  /** Opens the device. Rejects with DeviceError NO_DEVICE when there is none, or where one that `isHardware` is wanted. */
  static async open(
    options: SessionOptions,
    isHardware = false,
    choice = isHardware ? 'there is a hardware adapter' : undefined,
  ): Promise<GpuBackend> {
    if (options.precision === 'float16') await WIDE.load();
    return new GpuBackend(await openDevice(options.gpu, isHardware), options, choice);
  }

  private constructor(device: GPUDevice, options: SessionOptions, choice: string | undefined) {
    this.device = device;
    if (choice) this.choice = choice;
    this.adapter = adapterName(device.adapterInfo);
    this.#options = options;
    this.#tuning = new SessionTuning(device, options);
    this.#pictures = new PictureWriter(device);
  }

  onLost(react: () => void): () => void {
    return onLost(this.device, react);
  }

  /** Passes, tuning, plan, upload. Rejects with PlanError, ShaderError and DeviceError, too. */
  async prepare(
    graph: Graph,
    inputShapes: InputShapes,
    { signal, progress }: PrepareSettings = {},
  ): Promise<GpuPrepared> {
    const start = performance.now();
    const device = profileOf(this.device);
    progress?.tell('compile');
    const compiled = await compileGraph(graph, this.#compiling(inputShapes, device), signal);
    const passesMs = performance.now() - start;
    const { tuned, report: tuning } = await this.#tuning.variantsFor(compiled, this.#planOptions, {
      signal,
      onProgress: (loaded, total) => progress?.tell('tune', { loaded, total }),
    });
    signal?.throwIfAborted();
    const pauses = new Pauses(signal);
    const chosen = performance.now();
    const plan = planGraph(compiled, device, { ...this.#planOptions, tuned });
    const planMs = performance.now() - chosen;
    await pauses.maybe();
    progress?.tell('upload');
    const executor = await Executor.create(this.device, plan);
    const report = { passesMs, planMs, ...executor.times, ...(tuning && { tuning }) };
    return new GpuPrepared({ graph: compiled, executor, report }, { tuning: this.#tuning, pictures: this.#pictures });
  }

  /**
   * Compiles the shaders of a graph whose weights have not come yet, if they are still `wanted` once it is known which. Rejects
   * as `prepare` does.
   */
  async precompile(graph: Graph, inputShapes: InputShapes, wanted: () => boolean): Promise<void> {
    const tuned = await this.#tuning.known();
    if (!wanted()) return;
    const device = profileOf(this.device);
    const compiled = await compileGraph(graph, this.#compiling(inputShapes, device));
    const plan = planGraph(compiled, device, { ...this.#planOptions, tuned });
    await compilePipelines(this.device, plan.pipelines);
  }

  /** Copies a tensor on this device to host memory. */
  async read(tensor: GpuTensor): Promise<Tensor> {
    return (await ON_DEVICE.load()).readTensor(this.device, tensor);
  }

  /** Frees what is on the device, and the device itself unless it is the caller's. */
  dispose(): void {
    this.#pictures.dispose();
    if (!isDevice(this.#options.gpu)) this.device.destroy();
  }

  #compiling(inputShapes: InputShapes, device: DeviceProfile): CompileForOptions {
    return { inputShapes, level: 'full', device, weightStorage: this.#options.weightStorage };
  }

  get #planOptions(): PlanOptions {
    return { forced: this.#options.variants, float16: this.#options.precision === 'float16' };
  }
}

/** A plan loaded on the device. Made by `GpuBackend.prepare`. */
export class GpuPrepared implements Prepared {
  readonly graph: Graph;
  readonly report: PrepareReport;
  readonly #executor: Executor;
  readonly #tuning: SessionTuning;
  readonly #pictures: PictureWriter;

  constructor(
    loaded: { readonly graph: Graph; readonly report: PrepareReport; readonly executor: Executor },
    shared: { readonly tuning: SessionTuning; readonly pictures: PictureWriter },
  ) {
    this.graph = loaded.graph;
    this.report = loaded.report;
    this.#executor = loaded.executor;
    this.#tuning = shared.tuning;
    this.#pictures = shared.pictures;
  }

  get plan(): Plan {
    return this.#executor.plan;
  }

  async run(feeds: ReadonlyMap<string, CheckedFeed>, options: RunOptions): Promise<Map<string, Tensor | GpuTensor>> {
    const written = await gpuFeeds(feeds, this.#pictures);
    if (options.outputs !== 'gpu' && !options.keep) return this.#executor.run(written, options);
    return (await ON_DEVICE.load()).runOnDevice(this.#executor, written, options);
  }

  /** See `Session.check`. */
  async check(feeds: ReadonlyMap<string, CheckedFeed>): Promise<StepReport[]> {
    const [{ checkSteps }, { hostFeeds }] = await onDemand('step check', () =>
      Promise.all([import('../runtime/webgpu/check.ts'), import('./host-feeds.ts')]),
    );
    return checkSteps(this.#executor, this.graph, await hostFeeds(feeds));
  }

  /** See `Session.profile`. */
  async profile(feeds: ReadonlyMap<string, CheckedFeed>, options: ProfileOptions): Promise<ProfileReport> {
    const { profileLoaded } = await onDemand('profiler', () => import('./profile.ts'));
    const loaded = { executor: this.#executor, graph: this.graph };
    return profileLoaded(loaded, feeds, await this.#tuning.store(), options);
  }

  dispose(): void {
    this.#executor.dispose();
  }
}

/** What only the GPU backend can do. Throws InputError that says which call it was, where the graph is not on it. */
export function onGpu(prepared: Prepared, call: string): GpuPrepared {
  if (prepared instanceof GpuPrepared) return prepared;
  throw needsGpu(call);
}

/** Feeds as the executor takes them. Rejects as `PictureWriter.prepare` does. */
async function gpuFeeds(
  feeds: ReadonlyMap<string, CheckedFeed>,
  pictures: PictureWriter,
): Promise<Map<string, Tensor | InputWriter>> {
  const entries = [...feeds].map(async ([name, feed]): Promise<[string, Tensor | InputWriter]> => {
    if ('picture' in feed) return [name, await pictures.prepare(feed.picture, feed.preprocessing, { ...feed, name })];
    return [name, 'data' in feed ? feed : copyFrom(feed)];
  });
  return new Map(await Promise.all(entries));
}

function copyFrom({ buffer, ...desc }: GpuTensor): InputWriter {
  const bytes = valueBytes(stored(desc));
  return (target, encoder) => {
    if (bytes > 0) encoder.copyBufferToBuffer(buffer, 0, target.buffer, target.offset, bytes);
  };
}

/**
 * Opens a device. Rejects with DeviceError NO_DEVICE when there is no adapter, it gives none, or it is a program where one that
 * `isHardware` is wanted.
 */
export async function openDevice(gpu: GpuSource | undefined, isHardware = false): Promise<GPUDevice> {
  if (isDevice(gpu)) return gpu;
  const adapter = typeof gpu === 'function' ? await gpu() : (gpu ?? (await defaultAdapter()));
  if (isHardware && adapter && classOf(adapter.info) === 'software') {
    throw new DeviceError('NO_DEVICE', `the adapter "${adapterName(adapter.info)}" is a program`);
  }
  if (adapter) return requestDevice(adapter);
  throw new DeviceError('NO_DEVICE', 'no WebGPU adapter was found', {
    hint: "Use a browser with WebGPU over https or localhost, in Node tilewise/node, or pass { backend: 'wasm' }",
  });
}

/** True for a device of the caller's own, which is not ours to destroy. */
function isDevice(gpu: GpuSource | undefined): gpu is GPUDevice {
  return 'queue' in Object(gpu);
}

async function defaultAdapter(): Promise<GPUAdapter | null> {
  if (typeof navigator === 'undefined' || !('gpu' in navigator)) return null;
  return navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
}
