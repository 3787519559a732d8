/** Runs a SimdPlan: one linear memory, filled once; a run writes inputs, calls kernels in order, and copies outputs. */
import { hostView } from '../../core/dtype.ts';
import { GraphError } from '../../core/errors.ts';
import { lazy, onDemand } from '../../core/on-demand.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { StartThread } from '../../core/start-thread.ts';
import { descOf } from '../../ir/rewrite.ts';
import type { KernelName } from '../../simd/definition.ts';
import type { KernelStep, SimdPlan } from '../../simd/plan.ts';
import { at, ceilDiv } from '../../util/arrays.ts';
import { Pauses } from '../../util/pause.ts';
import { feedFor } from '../feeds.ts';
import { disposedError } from '../webgpu/executor.ts';
import type { Kernel } from './kernel.ts';
import { instancesOf, loadModules, REFUSALS, moduleOf, modulesOf, type KernelModule } from './modules.ts';
import { writePacked } from './write-packed.ts';
import type { ThreadPool } from './pool.ts';
import type { ThreadData } from './pool-script.ts';
import type { ReferenceWalk } from './reference.ts';
import { MemoryValues } from './values.ts';

const WALK = lazy(() => import('./reference.ts'), 'ReferenceWalk');

/** How one run differs from another. */
export interface WasmRun {
  /** Outputs to give, by name; all of them unless given. */
  readonly fetches?: readonly string[] | undefined;
  /** Milliseconds after which a run lets the event loop have a turn. */
  readonly frameBudgetMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PAGE = 65536;

/** Units that are done before it is known how long they take. */
const FIRST_SLICE = 1;

/** A clock's tick in a page: what takes less is taken for this long. */
const TICK_MS = 0.1;

/** A plan in memory. Runs are serialised: concurrent calls wait for each other. */
export class WasmExecutor {
  readonly plan: SimdPlan;
  /** By position of the step; that of a reference is never called. */
  readonly #kernels: readonly Kernel[];
  readonly #pool: ThreadPool | undefined;
  /** Milliseconds of each step, by its position, when it was last measured. */
  readonly #times: number[] = [];
  #memory: WebAssembly.Memory | undefined;
  #values: MemoryValues | undefined;
  #walk: ReferenceWalk | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /**
   * Loads the modules, starts the threads that the plan has memory for, and writes the weights. Rejects with LoadError, and
   * DeviceError NO_DEVICE where WebAssembly or a thread is refused or there is not enough memory.
   */
  static async create(plan: SimdPlan, startThread?: StartThread): Promise<WasmExecutor> {
    const shared = plan.scratch.length > 1;
    const [modules] = await Promise.all([
      loadModules(modulesOf(plan), shared),
      plan.steps.some(({ kind }) => kind === 'reference') && WALK.load(),
    ]);
    const memory = await allocate(plan, shared);
    const instances = await instancesOf(modules, memory);
    const pool = shared ? await startPool(plan, { memory, modules }, startThread) : undefined;
    return new WasmExecutor(plan, memory, { instances, pool });
  }

  private constructor(
    plan: SimdPlan,
    memory: WebAssembly.Memory,
    { instances, pool }: { instances: ReadonlyMap<KernelModule, WebAssembly.Exports>; pool: ThreadPool | undefined },
  ) {
    this.plan = plan;
    this.#memory = memory;
    const kernelOf = (name: KernelName): Kernel => kernelIn(instances, name);
    this.#kernels = plan.steps.map((step) => (step.kind === 'kernel' ? kernelOf(step.kernel) : () => undefined));
    this.#pool = pool;
    this.#values = new MemoryValues(plan, memory);
    const Walk = WALK.peek();
    this.#walk = Walk && new Walk(this.#values);
    const { buffer } = memory;
    for (const { address, tensor } of plan.constants) {
      const { dtype, data } = tensor;
      hostView(dtype, buffer, address, data.length).set(data);
    }
    writePacked(plan, memory, kernelOf);
    new Int32Array(buffer, plan.params.address, plan.params.words.length).set(plan.params.words);
  }

  /** @internal All of the memory, for tests. */
  get memory(): WebAssembly.Memory {
    return this.#required(this.#memory);
  }

  /**
   * Runs the network once: inputs by name, outputs by name, which share no memory with it. Rejects with ShapeError on a misshapen
   * feed, InputError once disposed, the signal's reason, and as references do.
   */
  run(feeds: ReadonlyMap<string, Tensor>, how: WasmRun = {}): Promise<Map<string, Tensor>> {
    const result = this.#queue.then(() => this.#run(feeds, how));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #run(feeds: ReadonlyMap<string, Tensor>, how: WasmRun): Promise<Map<string, Tensor>> {
    const { graph, steps } = this.plan;
    const pauses = new Pauses(how.signal, how.frameBudgetMs);
    how.signal?.throwIfAborted();
    for (const { name } of graph.inputs) {
      const feed = feedFor(name, descOf(graph, name), feeds.get(name));
      this.#values?.get(name)?.data.set(feed.data);
    }
    for (const [position, step] of steps.entries()) {
      await pauses.maybe();
      if (step.kind === 'kernel') await this.#call(position, step, pauses);
      else this.#required(this.#walk).run(step.node);
    }
    const wanted = graph.outputs.filter((name) => how.fetches?.includes(name) ?? true);
    return new Map(wanted.map((name) => [name, this.#output(name)]));
  }

  /** Does all units of a step: at once if that is known to be short, else in slices between which others have their turn. */
  async #call(position: number, step: KernelStep, pauses: Pauses): Promise<void> {
    const { units } = step;
    const known = this.#times[position];
    const slice = pauses.sliceMs / 2;
    let spent = 0;
    let next = known === undefined ? FIRST_SLICE : (slice / known) * units;
    for (let begin = 0, end = 0; begin < units; begin = end) {
      this.#required(this.#memory);
      end = Math.min(units, begin + Math.max(1, Math.floor(next)));
      const start = performance.now();
      this.#do(position, step, [begin, end]);
      spent += performance.now() - start;
      next = (slice / Math.max(spent, TICK_MS)) * end;
      if (end < units) await pauses.maybe();
    }
    this.#times[position] = spent;
  }

  #do(position: number, { params }: KernelStep, [begin, end]: readonly [number, number]): void {
    const kernel = at(this.#kernels, position);
    const scratch = at(this.plan.scratch, 0);
    if (this.#pool && end - begin > 1) this.#pool.run(position, { kernel, params, scratch }, [begin, end]);
    else kernel(params, begin, end, scratch);
  }

  #output(name: string): Tensor {
    const values = this.#required(this.#walk ?? this.#values);
    const value = this.#required(values.get(name));
    return { ...value, data: value.data.slice() };
  }

  #required<T>(held: T | undefined): T {
    if (held) return held;
    throw disposedError(this.plan.graph.name);
  }

  /** Ends the threads, and lets the memory go. Calls in flight reject. */
  dispose(): void {
    this.#pool?.dispose();
    this.#memory = undefined;
    this.#values = this.#walk = undefined;
  }
}

async function allocate(plan: SimdPlan, shared: boolean): Promise<WebAssembly.Memory> {
  const pages = ceilDiv(plan.bytes, PAGE);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (cause) {
    throw (await REFUSALS.load()).ofMemory(plan, cause);
  }
}

/** A kernel by its name. */
function kernelIn(instances: ReadonlyMap<KernelModule, WebAssembly.Exports>, name: KernelName): Kernel {
  const kernel = instances.get(moduleOf(name))?.[name.slice(name.indexOf('/') + 1)];
  if (typeof kernel !== 'function') throw new GraphError(`there is no kernel ${name}`);
  return kernel as Kernel;
}

async function startPool(
  plan: SimdPlan,
  loaded: Pick<ThreadData, 'memory'> & { modules: ReadonlyMap<KernelModule, WebAssembly.Module> },
  startThread: StartThread | undefined,
): Promise<ThreadPool> {
  const { ThreadPool } = await onDemand('threads', () => import('./pool.ts'));
  return ThreadPool.start(plan, loaded, startThread);
}
