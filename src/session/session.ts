/** Session: one model, ready to run. Puts the layers together: formats → passes → plan → runtime. */
/// <reference lib="esnext.disposable" preserve="true" />
import type { ProfileReport } from '../analysis/profile.ts';
import { InputError } from '../core/errors.ts';
import { onDemand } from '../core/on-demand.ts';
import { checkOptions } from '../core/options.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Graph, InputShapes } from '../ir/graph.ts';
import { bindValues } from '../passes/bind-values.ts';
import type { Plan } from '../plan/plan.ts';
import type { StepReport } from '../runtime/webgpu/check.ts';
import { disposedError } from '../runtime/webgpu/executor.ts';
import type { GpuTensor } from '../runtime/webgpu/elements.ts';
import type { EncodedPicture } from '../pictures/decode-file.ts';
import type { PictureSource } from '../pictures/source.ts';
import { unlessAborted } from '../util/pause.ts';
import { placeFacts, type Prepared } from './backend.ts';
import { findDecidingInputs } from './compile-graph.ts';
import { signatureOf } from './compiled-cache.ts';
import { checkFeeds, encodedPicture, feedShapes, type CheckedFeed, type Feed, type Port } from './feeds.ts';
import { GpuBackend, GpuPrepared, onGpu } from './gpu-backend.ts';
import { importSource, type AdaptGraph } from './import-source.ts';
import type { ModelSource } from './model-source.ts';
import { needsGpu } from './needs-gpu.ts';
import { decidedBy, inputPorts, portsOf, unknownOutputs, withScales, type ModelPorts } from './ports.ts';
import { openPlace, type Place } from './place.ts';
import { LoadingProgress } from './progress.ts';
import { checkFetches, RUN_OPTIONS, SESSION_OPTIONS, type RunOptions, type SessionOptions } from './options.ts';
import type { ProfileOptions } from './profile.ts';
import { NOTHING_PREPARED, type LoadReport } from './report.ts';

/** A loaded model. `run` may be called concurrently; calls are queued. */
export class Session {
  readonly #options: SessionOptions;
  #graph: Graph | undefined;
  /** Forgotten when its device is lost, so that the next run opens another. */
  #place: Promise<Place> | undefined;
  #plan: Plan | undefined;
  /** Those of the first graph that was ready. */
  #ports: ModelPorts | undefined;
  /** Inputs whose elements decide shapes: they are constants of what is compiled. */
  #deciding: readonly string[] = [];
  #report: LoadReport | undefined;
  #disposed = false;

  /**
   * Loads a model: a URL, bytes, File(s), ModelFiles, or a Graph built by hand. Rejects with ImportError,
   * UnsupportedError (listing everything the engine lacks), ShapeError, or DeviceError NO_DEVICE, and as `adapt`,
   * which gives the graph that runs in place of the model's.
   */
  static async create(source: ModelSource | Graph, options: SessionOptions = {}, adapt?: AdaptGraph): Promise<Session> {
    const session = new this(await checkOptions('Session.create', options, SESSION_OPTIONS));
    try {
      await unlessAborted((loading) => session.#load(source, loading, adapt), session.#options.signal);
      return session;
    } catch (error) {
      session.dispose();
      throw error;
    }
  }

  protected constructor(options: SessionOptions) {
    this.#options = options;
  }

  async #load(source: ModelSource | Graph, loading: AbortController, adapt?: AdaptGraph): Promise<void> {
    const { signal } = loading;
    const start = performance.now();
    // The device opens while the model is on its way. When both fail, the model's error is the one to tell.
    const opening = this.#open().then((opened) => ({ opened, deviceMs: performance.now() - start }));
    opening.catch(() => undefined);
    const progress = new LoadingProgress(this.#options.onProgress, loading);
    const settings = { ...this.#options, signal, adapt };
    const { graph, ...read } = await importSource(source, settings, progress, (sketch) => {
      void this.#compileEarly(sketch);
    });
    this.#graph = graph;
    const { opened, deviceMs } = await opening;
    const { backend, compiled } = opened;
    this.#deciding = await findDecidingInputs(graph);
    // What shapes follow from comes with the first run.
    const shapes = this.#deciding.length > 0 ? undefined : this.#shapesFor(graph);
    const first = shapes && (await backend.prepare(graph, shapes, { signal, progress }));
    if (this.#disposed) first?.dispose();
    this.#requireOpen();
    if (first) {
      compiled.add(signatureOf(inputPorts(graph.inputs, first.graph)), first);
      this.#learn(first);
    }
    this.#report = {
      ...read,
      ...placeFacts(backend),
      deviceMs,
      ...(first?.report ?? NOTHING_PREPARED),
      totalMs: performance.now() - start,
    };
    progress.tell('ready');
  }

  /** Takes what the first graph that is ready says of the model. */
  #learn(prepared: Prepared): void {
    this.#ports ??= portsOf(this.graph, prepared.graph);
    this.#plan ??= prepared instanceof GpuPrepared ? prepared.plan : undefined;
  }

  /** Compiles the shaders of a model whose weights have not come yet. What goes wrong here will again, and be told then. */
  async #compileEarly(sketch: () => Promise<Graph> | undefined): Promise<void> {
    try {
      const wanted = (): boolean => !this.#graph && !this.#disposed;
      const gpu = await this.#gpu();
      const graph = gpu && wanted() && (await sketch());
      if (graph && wanted()) await gpu.precompile(graph, this.#shapesFor(graph), wanted);
    } catch {
      // Zeros in place of a shape, say: then there is nothing to gain.
    }
  }

  /** The graph as imported, before any pass. */
  get graph(): Graph {
    if (!this.#graph) throw new InputError('the session is still loading');
    return this.#graph;
  }

  /** Inputs as the model declares them; symbolic dimensions are names, and extents that it only suggests are what `inputShapes` says. */
  get inputs(): readonly Port[] {
    return this.#ports?.inputs ?? withScales(this.graph.inputs, this.graph);
  }

  /**
   * Outputs, with the shapes they have for the shapes the session was created with; an extent that depends on data has a name.
   * Throws InputError before the first run of a model whose shapes depend on the elements of an input.
   */
  get outputs(): readonly Port[] {
    if (this.#ports) return this.#ports.outputs;
    throw unknownOutputs(this.#deciding);
  }

  /** @internal The outputs; undefined where they are not known yet. */
  get knownOutputs(): readonly Port[] | undefined {
    return this.#ports?.outputs;
  }

  /** Times and facts of the load. */
  get report(): LoadReport {
    if (!this.#report) throw new InputError('the session is still loading');
    return this.#report;
  }

  /** The device the session runs on, for buffers and textures to feed; undefined on another backend. */
  async device(): Promise<GPUDevice | undefined> {
    this.#requireOpen();
    return (await this.#gpu())?.device;
  }

  /**
   * Runs the model once. Feeds and results are by name; what is fed must stay as it is until the call is done. New
   * extents of symbolic or suggested dimensions compile a new plan, which is kept. Rejects with InputError on feeds that do not fit
   * or a disposed session, ShapeError on extents the model cannot take, DeviceError DEVICE_LOST when the device goes
   * away during the call; the next call opens a new device, when the session knows how.
   */
  run(
    feeds: Readonly<Record<string, Feed>>,
    options: RunOptions & { readonly outputs: 'gpu' },
  ): Promise<Record<string, GpuTensor>>;
  run(
    feeds: Readonly<Record<string, Feed>>,
    options?: RunOptions & { readonly outputs?: 'host'; readonly keep?: undefined },
  ): Promise<Record<string, Tensor>>;
  run(
    feeds: Readonly<Record<string, Feed>>,
    options: RunOptions & { readonly keep: readonly string[] },
  ): Promise<Record<string, Tensor | GpuTensor>>;
  async run(
    feeds: Readonly<Record<string, Feed>>,
    options: RunOptions = {},
  ): Promise<Record<string, Tensor | GpuTensor>> {
    const { frameBudgetMs } = this.#options;
    const chosen = { frameBudgetMs, ...(await checkOptions('run', options, RUN_OPTIONS)) } as RunOptions;
    return this.#with(
      feeds,
      async (prepared, checked) => {
        const start = performance.now();
        checkFetches(prepared.graph.outputs, chosen.fetches);
        const outputs = await prepared.run(checked, chosen);
        if (this.#report) this.#report = { firstRunMs: performance.now() - start, ...this.#report };
        return Object.fromEntries(outputs);
      },
      chosen.signal,
    );
  }

  /** @internal Hands `work` the picture in a file, which is let go afterwards. Rejects as `withDecoded` does. */
  async withPicture<T>(
    file: EncodedPicture,
    signal: AbortSignal | undefined,
    work: (picture: PictureSource) => Promise<T>,
  ): Promise<T> {
    this.#requireOpen();
    const { withDecoded } = await onDemand('decoder of pictures', () => import('../pictures/decode-file.ts'));
    return withDecoded(file, { decode: this.#options.decodePicture, signal }, work);
  }

  /** Copies a tensor that a run left on the GPU to host memory. The buffer stays the caller's. */
  async read(tensor: GpuTensor): Promise<Tensor> {
    this.#requireOpen();
    const gpu = await this.#gpu();
    if (!gpu) throw needsGpu('read');
    return gpu.read(tensor);
  }

  /** Runs every node on the GPU and on the CPU reference, with the same inputs, and reports each difference. */
  async check(feeds: Readonly<Record<string, Feed>>): Promise<StepReport[]> {
    return this.#with(feeds, (prepared, checked) => onGpu(prepared, 'check').check(checked));
  }

  /**
   * Times every step of the network on these feeds, on the GPU's own clock where the device has one, and sets it against
   * what the step computes and moves and what the adapter can do. Rejects as `run` does.
   */
  async profile(feeds: Readonly<Record<string, Feed>>, options: ProfileOptions = {}): Promise<ProfileReport> {
    return this.#with(feeds, (prepared, checked) => onGpu(prepared, 'profile').profile(checked, options));
  }

  /** The plan for the shapes the session was created with; undefined on another backend. */
  plan(): Promise<Plan | undefined> {
    return Promise.resolve(this.#plan);
  }

  /** Frees GPU memory, and the device when the session opened it. Calls in flight reject; calling twice is harmless. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#place?.then(({ close }) => close()).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Hands `work` the graph compiled for the extents of these feeds. */
  async #with<T>(
    feeds: Readonly<Record<string, Feed>>,
    work: (prepared: Prepared, feeds: ReadonlyMap<string, CheckedFeed>) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    this.#requireOpen();
    const encoded = encodedPicture(feeds);
    if (encoded) {
      const { name, feed, file } = encoded;
      return this.withPicture(file, signal, (picture) =>
        this.#with({ ...feeds, [name]: { ...feed, picture } }, work, signal),
      );
    }
    const all = checkFeeds(this.graph.inputs, { ...feeds });
    const decided = decidedBy(all, this.#deciding);
    const checked = new Map([...all].filter(([name]) => !decided.has(name)));
    try {
      const { backend, compiled } = await this.#open();
      this.#requireOpen();
      return await compiled.use(
        signatureOf([...all].map(([name, { shape }]) => ({ name, shape, elements: decided.get(name)?.data }))),
        () => backend.prepare(bindValues(this.graph, decided), feedShapes(checked)),
        (prepared) => {
          this.#learn(prepared);
          return work(prepared, checked);
        },
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

  #shapesFor({ inputs }: Graph): InputShapes {
    const { inputShapes = {} } = this.#options;
    return typeof inputShapes === 'function' ? inputShapes(inputs) : inputShapes;
  }

  async #gpu(): Promise<GpuBackend | undefined> {
    const { backend } = await this.#open();
    return backend instanceof GpuBackend ? backend : undefined;
  }

  #open(): Promise<Place> {
    if (this.#place) return this.#place;
    const forget = (): void => {
      if (this.#place === opening) this.#place = undefined;
    };
    const opening = openPlace(this.#options, forget);
    // What a report says of where it runs may be otherwise after a loss.
    opening.then(({ backend }) => (this.#report &&= { ...this.#report, ...placeFacts(backend) }), forget);
    this.#place = opening;
    return opening;
  }
}
