/** Session: one model, ready to run. Puts the layers together: formats → passes → plan → runtime. */
/// <reference lib="esnext.disposable" preserve="true" />
import { InputError } from '../core/errors.ts';
import { onDemand } from '../core/on-demand.ts';
import type { Tensor } from '../core/tensor.ts';
import { compileGraph } from './compile-graph.ts';
import { signatureOf, type Compiled } from './compiled-cache.ts';
import type { ProfileReport } from '../analysis/profile.ts';
import type { Port } from './feeds.ts';
import { detect } from '../formats/detect.ts';
import type { Graph, InputShapes } from '../ir/graph.ts';
import { descOf } from '../ir/rewrite.ts';
import type { LoadReport } from './report.ts';
import { isGraph, toModelFiles, type ModelSource } from './model-source.ts';
import { closePlace, openPlace, type Place } from './place.ts';
import type { Plan } from '../plan/plan.ts';
import { planGraph, type PlanOptions } from '../plan/plan-graph.ts';
import { checkFeeds, feedShapes, hostFeeds, type CheckedFeed, type Feed } from './run-feeds.ts';
import { runCompiled, unlessAborted } from './run.ts';
import type { StepReport } from '../runtime/webgpu/check.ts';
import { adapterName, profileOf } from '../runtime/webgpu/device.ts';
import { disposedError, Executor } from '../runtime/webgpu/executor.ts';
import { readTensor, type GpuTensor } from '../runtime/webgpu/elements.ts';
import { compilePipelines } from '../runtime/webgpu/pipelines.ts';
import type { ProfileOptions } from './profile.ts';
import type { RunOptions, SessionOptions } from './options.ts';

/** A model as it was read. */
type Imported = { readonly graph: Graph } & Pick<LoadReport, 'format' | 'downloadMs' | 'parseMs'>;

/** Weights that take longer than this to come leave time to compile the shaders before they are there. */
const SKETCH_AFTER_MS = 30;

/** A loaded model. `run` may be called concurrently; calls are queued. */
export class Session {
  readonly #options: SessionOptions;
  #graph: Graph | undefined;
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
    const session = new Session(options);
    try {
      await unlessAborted(session.#load(source), options.signal);
      return session;
    } catch (error) {
      session.dispose();
      throw error;
    }
  }

  private constructor(options: SessionOptions) {
    this.#options = options;
  }

  async #load(source: ModelSource | Graph): Promise<void> {
    const start = performance.now();
    // The device opens while the model is on its way. When both fail, the model's error is the one to tell.
    const opening = this.#open().then((opened) => ({ opened, deviceMs: performance.now() - start }));
    opening.catch(() => undefined);
    const { graph, format, downloadMs, parseMs } = isGraph(source)
      ? { graph: source, format: 'graph' as const, downloadMs: 0, parseMs: 0 }
      : await this.#import(source);
    this.#graph = graph;
    const { opened, deviceMs } = await opening;
    const first = await this.#compile(graph, this.#shapesFor(graph), opened);
    if (this.#disposed) first.executor?.dispose();
    this.#requireOpen();
    await opened.compiled.use(
      signatureOf(new Map(first.graph.inputs.map(({ name }) => [name, descOf(first.graph, name)]))),
      () => Promise.resolve(first),
      async () => undefined,
    );
    this.#plan = first.executor?.plan;
    this.#outputs = first.graph.outputs.map((name) => ({ name, ...descOf(first.graph, name) }));
    this.#report = {
      format,
      backend: this.#backend,
      adapter: opened.gpu ? adapterName(opened.gpu.device.adapterInfo) : 'CPU reference',
      downloadMs,
      parseMs,
      deviceMs,
      ...first.times,
      ...(opened.gpu?.tuning.report ? { tuning: opened.gpu.tuning.report } : {}),
      totalMs: performance.now() - start,
    };
  }

  async #import(source: ModelSource): Promise<Imported> {
    const { signal, onProgress } = this.#options;
    const start = performance.now();
    onProgress?.({ stage: 'download' });
    const onBytes = (done: number, total: number | undefined): void =>
      onProgress?.({ stage: 'download', done, ...(total === undefined ? {} : { total }) });
    const files = await toModelFiles(source, { signal, onBytes });
    const downloaded = performance.now();
    onProgress?.({ stage: 'parse' });
    const importer = await detect(files.main);
    const early = setTimeout(() => void this.#compileEarly(() => importer.sketch?.(files.main)), SKETCH_AFTER_MS);
    try {
      const { graph } = await importer.load(files);
      const times = { downloadMs: downloaded - start, parseMs: performance.now() - downloaded };
      return { graph, format: importer.format, ...times };
    } finally {
      clearTimeout(early);
    }
  }

  /** Compiles the shaders of a model whose weights have not come yet. What goes wrong here will again, and be told then. */
  async #compileEarly(sketch: () => Promise<Graph> | undefined): Promise<void> {
    try {
      const graph = this.#backend === 'webgpu' ? await sketch() : undefined;
      const { gpu } = await this.#open();
      const tuned = await gpu?.tuning.known();
      if (!graph || !gpu || this.#graph || this.#disposed) return;
      const { device } = gpu;
      const compiled = await compileGraph(graph, { inputShapes: this.#shapesFor(graph), level: 'full' });
      await compilePipelines(device, planGraph(compiled, profileOf(device), { ...this.#planOptions, tuned }).pipelines);
    } catch {
      // Zeros in place of a shape, say: then there is nothing to gain.
    }
  }

  /** The graph as imported, before any pass. */
  get graph(): Graph {
    if (!this.#graph) throw new InputError('the session is still loading');
    return this.#graph;
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

  /** The device the session runs on, for buffers and textures to feed; undefined on the CPU. */
  async device(): Promise<GPUDevice | undefined> {
    this.#requireOpen();
    return (await this.#open()).gpu?.device;
  }

  /**
   * Runs the model once. Feeds and results are by name; what is fed must stay as it is until the call is done. New
   * extents of symbolic dimensions compile a new plan, which is kept. Rejects with InputError on feeds that do not fit
   * or a disposed session, ShapeError on extents the model cannot take, DeviceError DEVICE_LOST when the device goes
   * away during the call; the next call opens a new device, when the session knows how.
   */
  run(
    feeds: Readonly<Record<string, Feed>>,
    options: RunOptions & { readonly outputs: 'gpu' },
  ): Promise<Record<string, GpuTensor>>;
  run(
    feeds: Readonly<Record<string, Feed>>,
    options?: RunOptions & { readonly outputs?: 'host' },
  ): Promise<Record<string, Tensor>>;
  async run(
    feeds: Readonly<Record<string, Feed>>,
    options: RunOptions = {},
  ): Promise<Record<string, Tensor | GpuTensor>> {
    return this.#with(feeds, async (compiled, checked, { gpu }) => {
      const start = performance.now();
      const { frameBudgetMs } = this.#options;
      const outputs = await runCompiled(compiled, checked, gpu, { frameBudgetMs, ...options });
      if (this.#report) this.#report = { firstRunMs: performance.now() - start, ...this.#report };
      return Object.fromEntries(outputs);
    });
  }

  /** Copies a tensor that a run left on the GPU to host memory. The buffer stays the caller's. */
  async read(tensor: GpuTensor): Promise<Tensor> {
    this.#requireOpen();
    const { gpu } = await this.#open();
    if (!gpu) throw new InputError('the CPU backend has no GPU memory to read from');
    return readTensor(gpu.device, tensor);
  }

  /** Runs every node on the GPU and on the CPU reference, with the same inputs, and reports each difference. */
  async check(feeds: Readonly<Record<string, Feed>>): Promise<StepReport[]> {
    return this.#with(feeds, async ({ graph, executor }, checked) => {
      if (!executor) throw new InputError('the step check compares with the GPU: use backend webgpu');
      const { checkSteps } = await onDemand('step check', () => import('../runtime/webgpu/check.ts'));
      return checkSteps(executor, graph, await hostFeeds(checked));
    });
  }

  /**
   * Times every step of the network on these feeds, on the GPU's own clock where the device has one, and sets it against
   * what the step computes and moves and what the adapter can do. Rejects as `run` does.
   */
  async profile(feeds: Readonly<Record<string, Feed>>, options: ProfileOptions = {}): Promise<ProfileReport> {
    return this.#with(feeds, async ({ graph, executor }, checked, { gpu }) => {
      if (!executor || !gpu) throw new InputError('a profile times the GPU: use backend webgpu');
      const { profileLoaded } = await onDemand('profiler', () => import('./profile.ts'));
      return profileLoaded({ executor, graph }, await hostFeeds(checked), await gpu.tuning.store(), options);
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
    this.#place?.then((place) => closePlace(place, this.#options)).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Hands `work` the graph compiled for the extents of these feeds. */
  async #with<T>(
    feeds: Readonly<Record<string, Feed>>,
    work: (compiled: Compiled, feeds: ReadonlyMap<string, CheckedFeed>, place: Place) => Promise<T>,
  ): Promise<T> {
    this.#requireOpen();
    const checked = checkFeeds(this.graph.inputs, feeds);
    try {
      const place = await this.#open();
      this.#requireOpen();
      return await place.compiled.use(
        signatureOf(checked),
        () => this.#compile(this.graph, feedShapes(checked), place),
        (compiled) => work(compiled, checked, place),
      );
    } catch (cause) {
      // What a call in flight runs into when its device is destroyed is no error of its own.
      this.#requireOpen(cause);
      throw cause;
    }
  }

  #requireOpen(cause?: unknown): void {
    if (this.#disposed) throw disposedError(this.graph.name, cause);
  }

  /** Passes, plan, upload. */
  async #compile(graph: Graph, inputShapes: InputShapes, { gpu }: Place): Promise<Compiled> {
    const start = performance.now();
    this.#options.onProgress?.({ stage: 'compile' });
    const compiled = await compileGraph(graph, { inputShapes, level: gpu ? 'full' : 'reference' });
    const passed = performance.now();
    const times = { passesMs: passed - start, planMs: 0, compileMs: 0, uploadMs: 0 };
    if (!gpu) return { graph: compiled, times };
    const { device, tuning } = gpu;
    const tuned = await tuning.variantsFor(compiled, this.#planOptions, this.#options);
    const chosen = performance.now();
    const plan = planGraph(compiled, profileOf(device), { ...this.#planOptions, tuned });
    times.planMs = performance.now() - chosen;
    this.#options.onProgress?.({ stage: 'upload' });
    const executor = await Executor.create(device, plan);
    return { graph: compiled, executor, times: { ...times, ...executor.times } };
  }

  #shapesFor({ inputs }: Graph): InputShapes {
    const { inputShapes = {} } = this.#options;
    return typeof inputShapes === 'function' ? inputShapes(inputs) : inputShapes;
  }

  get #planOptions(): PlanOptions {
    return { forced: this.#options.variants, float16: this.#options.precision === 'float16' };
  }

  #open(): Promise<Place> {
    if (this.#place) return this.#place;
    const opening = openPlace(this.#options);
    const forget = (): void => {
      if (this.#place === opening) this.#place = undefined;
    };
    opening.then(({ gpu }) => gpu?.device.lost.then(forget), forget);
    this.#place = opening;
    return opening;
  }
}
