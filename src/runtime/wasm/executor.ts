/** Runs a SimdPlan: one linear memory, filled once; a run writes inputs, calls kernels in order, and copies outputs. */
import { hostView } from '../../core/dtype.ts';
import { DeviceError, GraphError, InputError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import { descOf } from '../../ir/rewrite.ts';
import type { KernelStep, SimdPlan } from '../../simd/plan.ts';
import { at, ceilDiv } from '../../util/arrays.ts';
import { Pauses } from '../../util/pause.ts';
import { feedFor } from '../feeds.ts';
import { instantiate, moduleOf } from './modules.ts';
import { loadWalk, MemoryValues } from './reference.ts';

/** An export of a module: see `SimdCall`. */
type Kernel = (params: number, begin: number, end: number, scratch: number) => void;

/** How one run differs from another. */
export interface WasmRun {
  /** Outputs to give, by name; all of them unless given. */
  readonly fetches?: readonly string[] | undefined;
  /** Milliseconds after which a run lets the event loop have a turn. */
  readonly frameBudgetMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const PAGE = 65536;

/** A plan in memory. Runs are serialised: concurrent calls wait for each other. */
export class WasmExecutor {
  readonly plan: SimdPlan;
  readonly #kernels: ReadonlyMap<string, Kernel>;
  #memory: WebAssembly.Memory | undefined;
  #values: MemoryValues | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  /**
   * Loads the modules and writes the weights. Rejects with LoadError, and DeviceError NO_DEVICE where WebAssembly is refused or
   * there is not enough memory.
   */
  static async create(plan: SimdPlan): Promise<WasmExecutor> {
    const memory = allocate(plan);
    const [kernels] = await Promise.all([kernelsOf(plan, memory), loadWalk(plan)]);
    return new WasmExecutor(plan, memory, kernels);
  }

  private constructor(plan: SimdPlan, memory: WebAssembly.Memory, kernels: ReadonlyMap<string, Kernel>) {
    this.plan = plan;
    this.#memory = memory;
    this.#kernels = kernels;
    this.#values = new MemoryValues(plan, memory);
    const { buffer } = memory;
    for (const { address, tensor } of plan.constants) {
      const { dtype, data } = tensor;
      hostView(dtype, buffer, address, data.length).set(data);
    }
    for (const { address, operand } of plan.packed) operand.write(new Uint8Array(buffer, address, operand.bytes));
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
    for (const step of steps) {
      await pauses.maybe();
      const values = this.#required(this.#values);
      if (step.kind === 'reference') values.runNode(step.node);
      else this.#call(step);
    }
    const wanted = graph.outputs.filter((name) => how.fetches?.includes(name) ?? true);
    return new Map(wanted.map((name) => [name, this.#output(name)]));
  }

  #call({ kernel, params, units }: KernelStep): void {
    this.#kernels.get(kernel)?.(params, 0, units, at(this.plan.scratch, 0));
  }

  #output(name: string): Tensor {
    const value = this.#required(this.#values).get(name);
    if (!value) throw new GraphError(`value "${name}" is not available`);
    return { ...value, data: value.data.slice() };
  }

  #required<T>(held: T | undefined): T {
    if (held) return held;
    throw new InputError(`the session of "${this.plan.graph.name}" is disposed`);
  }

  /** Lets the memory go. Calls in flight reject. */
  dispose(): void {
    this.#memory = undefined;
    this.#values = undefined;
  }
}

function allocate({ bytes, graph }: SimdPlan): WebAssembly.Memory {
  const pages = ceilDiv(bytes, PAGE);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new DeviceError(
      'NO_DEVICE',
      `"${graph.name}" needs ${bytes} bytes of WebAssembly memory, which there are not`,
      {
        hint: 'Use smaller inputs, or dispose sessions that are not needed any more',
        cause,
      },
    );
  }
}

/** The kernels that a plan calls, by name, on its memory. */
async function kernelsOf({ steps }: SimdPlan, memory: WebAssembly.Memory): Promise<Map<string, Kernel>> {
  const names = new Set(steps.flatMap((step) => (step.kind === 'kernel' ? [step.kernel] : [])));
  const exports = await instantiate(Array.from(names, moduleOf), memory);
  return new Map(
    Array.from(names, (name) => {
      const kernel = exports.get(moduleOf(name))?.[name.slice(name.indexOf('/') + 1)];
      if (typeof kernel !== 'function') throw new GraphError(`there is no kernel ${name}`);
      return [name, kernel as Kernel];
    }),
  );
}
