/** Session: one model, ready to run. Puts the layers together: formats → passes → plan → runtime. */
/// <reference lib="esnext.disposable" preserve="true" />
import { DeviceError, InputError } from './core/errors.ts';
import type { Tensor, TensorDesc } from './core/tensor.ts';
import { toTensors, type FeedTensor, type Port } from './feeds.ts';
import { importModel } from './formats/detect.ts';
import type { FormatName } from './formats/importer.ts';
import type { Graph, InputShapes } from './ir/graph.ts';
import { descOf } from './ir/rewrite.ts';
import { toModelFiles, type ModelSource } from './model-source.ts';
import { compile } from './passes/pipeline.ts';
import type { ForcedVariants } from './plan/lower.ts';
import type { Plan } from './plan/plan.ts';
import { planGraph } from './plan/plan-graph.ts';
import { runGraph } from './runtime/cpu/run.ts';
import { checkSteps, type StepReport } from './runtime/webgpu/check.ts';
import { adapterName, profileOf, requestDevice } from './runtime/webgpu/device.ts';
import { disposedError, Executor } from './runtime/webgpu/executor.ts';

/** Where a session gets its GPU: an adapter, a way to get one (needed to recover from a lost device), or a device. */
export type GpuSource = GPUAdapter | GPUDevice | (() => Promise<GPUAdapter | null>);

/** A stage of loading, as it starts. */
export interface LoadProgress {
  readonly stage: 'parse' | 'compile' | 'upload';
}

export interface SessionOptions {
  /** `webgpu` (default) or the plain CPU reference. There is no silent fallback from one to the other. */
  readonly backend?: 'webgpu' | 'cpu';
  /** Defaults to `navigator.gpu`. In Node see `tilewise/node`. */
  readonly gpu?: GpuSource;
  /** Extents for inputs with symbolic dimensions; an unnamed leading one (the batch) defaults to 1. */
  readonly inputShapes?: InputShapes;
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
  /** Kernel variants to force, by operator: for tests and benches. */
  readonly variants?: ForcedVariants;
}

/** Times and facts of a load. Milliseconds of wall clock. */
export interface LoadReport {
  readonly format: FormatName | 'graph';
  readonly backend: 'webgpu' | 'cpu';
  readonly adapter: string;
  /** Reading the bytes and building the graph. */
  readonly parseMs: number;
  /** Opening the device. */
  readonly deviceMs: number;
  /** Shape inference and passes. */
  readonly compileMs: number;
  /** Planning, uploading weights, compiling pipelines. */
  readonly uploadMs: number;
  readonly totalMs: number;
}

/** A graph compiled for one set of input shapes; on the GPU, loaded. */
interface Compiled {
  readonly graph: Graph;
  readonly executor?: Executor;
}

/** Where graphs run, and those that are ready to, by signature of their input shapes. */
interface Place {
  /** Undefined on the CPU backend, and only there. */
  readonly device: GPUDevice | undefined;
  readonly compiled: Map<string, Promise<Compiled>>;
}

/** A loaded model. `run` may be called concurrently; calls are queued. */
export class Session {
  /** The graph as imported, before any pass. */
  readonly graph: Graph;
  readonly #options: SessionOptions;
  /** Forgotten when its device is lost, so that the next run opens another. */
  #place: Promise<Place> | undefined;
  #plan: Plan | undefined;
  #outputs: readonly Port[] = [];
  #report: LoadReport | undefined;
  #disposed = false;

  /**
   * Loads a model: a URL, bytes, File(s), ModelFiles, or a Graph built by hand. Rejects with ImportError,
   * UnsupportedError (listing everything the engine lacks), ShapeError, or DeviceError NO_DEVICE.
   */
  static async create(source: ModelSource | Graph, options: SessionOptions = {}): Promise<Session> {
    const start = performance.now();
    options.onProgress?.({ stage: 'parse' });
    const loaded = isGraph(source)
      ? { graph: source, format: 'graph' as const }
      : await importModel(await toModelFiles(source, options.signal));
    const session = new Session(loaded.graph, options);
    try {
      await session.#load(loaded.format, start);
      return session;
    } catch (error) {
      session.dispose();
      throw error;
    }
  }

  private constructor(graph: Graph, options: SessionOptions) {
    this.graph = graph;
    this.#options = options;
  }

  async #load(format: LoadReport['format'], start: number): Promise<void> {
    const parsed = performance.now();
    const place = await this.#open();
    const opened = performance.now();
    const graph = this.#compileGraph(this.#options.inputShapes ?? {});
    const compiledAt = performance.now();
    const compiled = this.#prepare(graph, place);
    place.compiled.set(signatureOf(new Map(graph.inputs.map(({ name }) => [name, descOf(graph, name)]))), compiled);
    this.#plan = (await compiled).executor?.plan;
    const end = performance.now();
    this.#outputs = graph.outputs.map((name) => ({ name, ...descOf(graph, name) }));
    this.#report = {
      format,
      backend: this.#backend,
      adapter: place.device ? adapterName(place.device.adapterInfo) : 'CPU reference',
      parseMs: parsed - start,
      deviceMs: opened - parsed,
      compileMs: compiledAt - opened,
      uploadMs: end - compiledAt,
      totalMs: end - start,
    };
  }

  /** Inputs as the model declares them; symbolic dimensions are names. */
  get inputs(): readonly Port[] {
    return this.graph.inputs;
  }

  /** Outputs, with the shapes they have for the shapes the session was created with. */
  get outputs(): readonly Port[] {
    return this.#outputs;
  }

  /** Times and facts of the load. */
  get report(): LoadReport {
    if (!this.#report) throw new InputError('the session is still loading');
    return this.#report;
  }

  get #backend(): 'webgpu' | 'cpu' {
    return this.#options.backend ?? 'webgpu';
  }

  /**
   * Runs the model once. Feeds and results are by name; elements fed must stay as they are until the call is done. New
   * extents of symbolic dimensions compile a new plan, which is kept. Rejects with InputError on feeds that do not fit
   * or a disposed session, ShapeError on extents the model cannot take, DeviceError DEVICE_LOST when the device goes
   * away during the call; the next call opens a new device, when the session knows how.
   */
  async run(feeds: Readonly<Record<string, FeedTensor>>): Promise<Record<string, Tensor>> {
    return this.#with(feeds, async ({ graph, executor }, tensors) =>
      Object.fromEntries(executor ? await executor.run(tensors) : runGraph(graph, tensors)),
    );
  }

  /** Runs every node on the GPU and on the CPU reference, with the same inputs, and reports each difference. */
  async check(feeds: Readonly<Record<string, FeedTensor>>): Promise<StepReport[]> {
    return this.#with(feeds, ({ graph, executor }, tensors) => {
      if (executor) return checkSteps(executor, graph, tensors);
      throw new InputError('the step check compares with the GPU: create the session with backend webgpu');
    });
  }

  /** The plan for the shapes the session was created with; undefined on the CPU. */
  plan(): Promise<Plan | undefined> {
    return Promise.resolve(this.#plan);
  }

  /** Frees GPU memory, and the device when the session opened it. Calls in flight reject; calling twice is harmless. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const free = ({ device, compiled }: Place): void => {
      for (const loaded of compiled.values()) loaded.then(({ executor }) => executor?.dispose()).catch(() => undefined);
      if (!isDevice(this.#options.gpu)) device?.destroy();
    };
    this.#place?.then(free).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #compileGraph(inputShapes: InputShapes): Graph {
    this.#options.onProgress?.({ stage: 'compile' });
    return compile(this.graph, { inputShapes, level: this.#backend === 'cpu' ? 'reference' : 'full' });
  }

  /** Hands `work` the graph compiled for the extents of these feeds. */
  async #with<T>(
    feeds: Readonly<Record<string, FeedTensor>>,
    work: (compiled: Compiled, tensors: ReadonlyMap<string, Tensor>) => Promise<T>,
  ): Promise<T> {
    this.#requireOpen();
    const tensors = toTensors(this.graph.inputs, feeds);
    try {
      const place = await this.#open();
      this.#requireOpen();
      return await work(await this.#compiledFor(tensors, place), tensors);
    } catch (cause) {
      // What a call in flight runs into when its device is destroyed is no error of its own.
      this.#requireOpen(cause);
      throw cause;
    }
  }

  #requireOpen(cause?: unknown): void {
    if (this.#disposed) throw disposedError(this.graph.name, cause);
  }

  #compiledFor(feeds: ReadonlyMap<string, Tensor>, place: Place): Promise<Compiled> {
    const signature = signatureOf(feeds);
    const known = place.compiled.get(signature);
    if (known) return known;
    const shapes = Object.fromEntries([...feeds].map(([name, { shape }]) => [name, shape]));
    const compiled = this.#prepare(this.#compileGraph(shapes), place);
    place.compiled.set(signature, compiled);
    compiled.catch(() => place.compiled.delete(signature));
    return compiled;
  }

  async #prepare(graph: Graph, { device }: Place): Promise<Compiled> {
    if (!device) return { graph };
    const plan = planGraph(graph, profileOf(device), { forced: this.#options.variants });
    this.#options.onProgress?.({ stage: 'upload' });
    return { graph, executor: await Executor.create(device, plan) };
  }

  #open(): Promise<Place> {
    if (this.#place) return this.#place;
    const opening = openPlace(this.#backend, this.#options.gpu);
    const forget = (): void => {
      if (this.#place === opening) this.#place = undefined;
    };
    opening.then(({ device }) => device?.lost.then(forget), forget);
    this.#place = opening;
    return opening;
  }
}

async function openPlace(backend: 'webgpu' | 'cpu', gpu: GpuSource | undefined): Promise<Place> {
  return { device: backend === 'cpu' ? undefined : await openDevice(gpu), compiled: new Map() };
}

/** What distinguishes one compiled graph of a model from another: the extents of its inputs. */
function signatureOf(inputs: ReadonlyMap<string, TensorDesc>): string {
  return JSON.stringify([...inputs].map(([name, { shape }]) => [name, shape]));
}

async function openDevice(gpu: GpuSource | undefined): Promise<GPUDevice> {
  if (isDevice(gpu)) return gpu;
  const adapter = typeof gpu === 'function' ? await gpu() : (gpu ?? (await defaultAdapter()));
  if (adapter) return requestDevice(adapter);
  throw new DeviceError('NO_DEVICE', 'no WebGPU adapter was found', {
    hint: "Use a browser with WebGPU over https or localhost, or pass { backend: 'cpu' }",
  });
}

async function defaultAdapter(): Promise<GPUAdapter | null> {
  if (typeof navigator === 'undefined' || !('gpu' in navigator)) return null;
  return navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
}

function isGraph(source: ModelSource | Graph): source is Graph {
  return typeof source === 'object' && 'nodes' in source;
}

function isDevice(gpu: GpuSource | undefined): gpu is GPUDevice {
  return typeof gpu === 'object' && 'queue' in gpu;
}
