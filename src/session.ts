/** Session: one model, ready to run. Puts the layers together: formats → passes → plan → runtime. */
/// <reference lib="esnext.disposable" preserve="true" />
import { DeviceError, InputError } from './core/errors.ts';
import type { Tensor } from './core/tensor.ts';
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
import { Executor } from './runtime/webgpu/executor.ts';

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

/** A graph compiled for one set of input shapes, and where it runs. */
interface Compiled {
  readonly graph: Graph;
  readonly run: (feeds: ReadonlyMap<string, Tensor>) => Promise<Map<string, Tensor>>;
  readonly executor?: Executor;
}

/** A loaded model. `run` may be called concurrently; calls are queued. */
export class Session {
  /** The graph as imported, before any pass. */
  readonly graph: Graph;
  readonly #options: SessionOptions;
  /** One compiled graph per signature of input shapes. */
  readonly #compiled = new Map<string, Promise<Compiled>>();
  /** The open device; forgotten when it is lost, so that the next run opens another. */
  #device: Promise<GPUDevice> | undefined;
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
    const backend = this.#backend;
    const device = backend === 'webgpu' ? await this.#acquireDevice() : undefined;
    const opened = performance.now();
    const graph = this.#compileGraph(this.#options.inputShapes ?? {});
    const compiledAt = performance.now();
    const compiled = this.#prepare(graph);
    this.#compiled.set(this.#signatureOf(graph), compiled);
    await compiled;
    const end = performance.now();
    this.#outputs = graph.outputs.map((name) => ({ name, ...descOf(graph, name) }));
    this.#report = {
      format,
      backend,
      adapter: device ? adapterName(device.adapterInfo) : 'CPU reference',
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
   * Runs the model once. Feeds and results are by name. New extents of symbolic dimensions compile a new plan, which
   * is kept. Rejects with InputError on feeds that do not fit, DeviceError DEVICE_LOST when the device goes away
   * during the call; the next call opens a new device, when the session knows how.
   */
  async run(feeds: Readonly<Record<string, FeedTensor>>): Promise<Record<string, Tensor>> {
    const tensors = toTensors(this.graph.inputs, feeds);
    const { run } = await this.#compiledFor(tensors);
    return Object.fromEntries(await run(tensors));
  }

  /** Runs every node on the GPU and on the CPU reference, with the same inputs, and reports each difference. */
  async check(feeds: Readonly<Record<string, FeedTensor>>): Promise<StepReport[]> {
    const tensors = toTensors(this.graph.inputs, feeds);
    const { executor, graph } = await this.#compiledFor(tensors);
    if (!executor) throw new InputError('the step check compares with the GPU: create the session with backend webgpu');
    return checkSteps(executor, graph, tensors);
  }

  /** The plan for the shapes the session was created with; undefined on the CPU. */
  async plan(): Promise<Plan | undefined> {
    const [first] = this.#compiled.values();
    return (await first)?.executor?.plan;
  }

  /** Frees GPU memory, and the device when the session opened it. Calling twice is harmless. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const compiled of this.#compiled.values()) {
      compiled.then(({ executor }) => executor?.dispose()).catch(() => undefined);
    }
    if (!isDevice(this.#options.gpu)) void this.#device?.then((device) => device.destroy()).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #compileGraph(inputShapes: InputShapes): Graph {
    this.#options.onProgress?.({ stage: 'compile' });
    return compile(this.graph, { inputShapes, level: this.#backend === 'cpu' ? 'reference' : 'full' });
  }

  async #compiledFor(feeds: ReadonlyMap<string, Tensor>): Promise<Compiled> {
    if (this.#disposed) throw new InputError(`the session of "${this.graph.name}" was disposed`);
    if (this.#backend === 'webgpu') await this.#acquireDevice();
    const shapes = Object.fromEntries([...feeds].map(([name, { shape }]) => [name, shape]));
    const signature = JSON.stringify(shapes);
    let compiled = this.#compiled.get(signature);
    if (!compiled) {
      compiled = this.#prepare(this.#compileGraph(shapes));
      this.#compiled.set(signature, compiled);
      compiled.catch(() => this.#compiled.delete(signature));
    }
    return compiled;
  }

  #signatureOf(graph: Graph): string {
    return JSON.stringify(Object.fromEntries(graph.inputs.map(({ name }) => [name, descOf(graph, name).shape])));
  }

  async #prepare(graph: Graph): Promise<Compiled> {
    const device = await this.#device;
    if (!device) return { graph, run: (feeds) => Promise.resolve(runGraph(graph, feeds)) };
    const plan = planGraph(graph, profileOf(device), this.#options.variants);
    this.#options.onProgress?.({ stage: 'upload' });
    const executor = await Executor.create(device, plan);
    return { graph, executor, run: (feeds) => executor.run(feeds) };
  }

  #acquireDevice(): Promise<GPUDevice> {
    if (this.#device) return this.#device;
    // Plans of a lost device hold its buffers.
    this.#compiled.clear();
    const opening = openDevice(this.#options.gpu);
    const forget = (): void => {
      if (this.#device === opening) this.#device = undefined;
    };
    opening.then((device) => device.lost.then(forget), forget);
    this.#device = opening;
    return opening;
  }
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
