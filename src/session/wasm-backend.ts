/** The WASM backend: SIMD kernels where there is no GPU. It is loaded when asked for. */
import { TilewiseError } from '../core/errors.ts';
import { Lazy, onDemand } from '../core/on-demand.ts';
import type { StartThread } from '../core/start-thread.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Graph, InputShapes } from '../ir/graph.ts';
import type { OpKind } from '../ir/ops.ts';
import { loadReferences } from '../ops/registry.ts';
import { WasmExecutor } from '../runtime/wasm/executor.ts';
import { loadModule } from '../runtime/wasm/modules.ts';
import { planSimd } from '../simd/plan-graph.ts';
import type { SimdPlan } from '../simd/plan.ts';
import { expectSimd, loadSimd } from '../simd/registry.ts';
import { at } from '../util/arrays.ts';
import type { Backend, PrepareSettings, Prepared } from './backend.ts';
import { compileGraph } from './compile-graph.ts';
import type { CheckedFeed } from './feeds.ts';
import type { RunOptions, SessionOptions } from './options.ts';
import type { PrepareReport } from './report.ts';

// A file of its own: the CPU backend has it too.
const FEEDS = new Lazy('feeds in host memory', () => import('./host-feeds.ts'));

/** Runs graphs at level `full`, as plans in linear memory. */
export class WasmBackend implements Backend {
  readonly kind = 'wasm';
  readonly adapter = 'WASM SIMD';
  readonly choice?: string;
  readonly #weightStorage: SessionOptions['weightStorage'];
  readonly #threads: number;
  readonly #startThread: StartThread | undefined;

  /**
   * Loads what every network needs, while this one is read; `why` the GPU was not taken, where it was left open what is. Rejects
   * with DeviceError NO_DEVICE where WebAssembly is refused.
   */
  static async open(options: SessionOptions, why?: unknown): Promise<WasmBackend> {
    await Promise.all([loadModule('base', (options.threads ?? 1) > 1), FEEDS.load()]);
    return new WasmBackend(options, why);
  }

  private constructor({ weightStorage, threads = 1, startThread }: SessionOptions, why?: unknown) {
    this.#weightStorage = weightStorage;
    this.#threads = threads;
    this.#startThread = startThread;
    if (why !== undefined) this.choice = why instanceof TilewiseError ? why.reason : String(why);
  }

  /** Passes, plan, weights. Rejects with PlanError, LoadError and DeviceError NO_DEVICE, too. */
  async prepare(graph: Graph, inputShapes: InputShapes, { signal, progress }: PrepareSettings = {}): Promise<Prepared> {
    if (this.#threads > 1) {
      const { checkThreads } = await onDemand('threads', () => import('../runtime/wasm/pool.ts'));
      checkThreads(this.#threads);
    }
    const start = performance.now();
    progress?.tell('compile');
    for (const name of expectSimd(graph)) loadModule(name, this.#threads > 1).catch(() => undefined);
    const compiled = await compileGraph(
      graph,
      { inputShapes, level: 'full', weightStorage: this.#weightStorage, withoutKernels: true },
      signal,
    );
    await loadSimd(new Set(compiled.nodes.map(({ op }) => op)), compiled);
    const passesMs = performance.now() - start;
    const planned = performance.now();
    const plan = planSimd(compiled, { threads: this.#threads });
    const byReference = operatorsByReference(plan);
    await loadReferences(byReference);
    const planMs = performance.now() - planned;
    signal?.throwIfAborted();
    progress?.tell('upload');
    const uploading = performance.now();
    const executor = await WasmExecutor.create(plan, this.#startThread);
    const report = { passesMs, planMs, compileMs: 0, uploadMs: performance.now() - uploading, byReference };
    return new WasmPrepared(executor, report);
  }

  onLost(): () => void {
    return () => undefined; // It is always there.
  }

  dispose(): void {
    // What was prepared holds all there is.
  }
}

/** Operators of the nodes that run through their references. */
function operatorsByReference({ graph, steps }: SimdPlan): OpKind[] {
  const ran = steps.filter(({ kind }) => kind === 'reference');
  return [...new Set(ran.map(({ node }) => at(graph.nodes, node).op))];
}

class WasmPrepared implements Prepared {
  readonly report: PrepareReport;
  readonly #executor: WasmExecutor;

  constructor(executor: WasmExecutor, report: PrepareReport) {
    this.#executor = executor;
    this.report = report;
  }

  get graph(): Graph {
    return this.#executor.plan.graph;
  }

  async run(feeds: ReadonlyMap<string, CheckedFeed>, options: RunOptions): Promise<Map<string, Tensor>> {
    const { hostFeeds, refuseOnDevice } = FEEDS.get();
    refuseOnDevice(options);
    options.signal?.throwIfAborted();
    return this.#executor.run(await hostFeeds(feeds), options);
  }

  dispose(): void {
    this.#executor.dispose();
  }
}
