/** Runs a Plan on a device: everything is created once, a run only writes, encodes, submits and reads back. */
import { at } from '../../util/arrays.ts';
import { InputError } from '../../core/errors.ts';
import { onDemand } from '../../core/on-demand.ts';
import { encode } from '../../core/storage.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Plan, PlanPort, PlanStep, PlanValue } from '../../plan/plan.ts';
import { feedFor } from '../feeds.ts';
import { encodeInto, encodePass, type Dispatch } from './dispatches.ts';
import { inErrorScopes, withGiven } from './error-scopes.ts';
import { unlessLost } from './lost.ts';
import type { InputWriter, Region } from './input-writer.ts';
import type { Pacer } from './pacing.ts';
import { compilePipelines, type Compiled } from './pipelines.ts';
import { copyToStaging, layOutReadbacks, tensorOfReadback, type Readback } from './readback.ts';
import { createRegions, writeElements } from './regions.ts';

/** How one run differs from another. */
export interface ExecutorRun {
  /** Outputs to give, by name; all of them unless given. */
  readonly fetches?: readonly string[] | undefined;
  /** Submits steps in slices of about this many milliseconds of GPU time, and waits for each. */
  readonly frameBudgetMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Records a copy of an output that stays on the GPU, and says so; false leaves it to be brought to the host. */
export type OutputTaker = (encoder: GPUCommandEncoder, readback: Readback, regions: readonly Region[]) => boolean;

/** A plan loaded on a device. Runs are serialised: concurrent calls wait for each other. */
export class Executor {
  readonly plan: Plan;
  readonly device: GPUDevice;
  readonly #regions: readonly Region[];
  readonly #params: GPUBuffer | undefined;
  readonly #dispatches: Dispatch[] = [];
  readonly #readbacks: Readback[];
  readonly #staging: GPUBuffer;
  /** Memory to write inputs to that are held otherwise on the host, made once. */
  readonly #encoded = new Map<string, Uint8Array>();
  #pacing: Pacer | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;
  #uploadMs = 0;
  #compileMs = 0;

  /**
   * Uploads the weights, compiles all pipelines in parallel and builds every bind group. Rejects with ShaderError on
   * refused WGSL, DeviceError DEVICE_LOST, or PlanError when the device runs out of memory.
   */
  static async create(device: GPUDevice, plan: Plan): Promise<Executor> {
    const start = performance.now();
    const compiling = compilePipelines(device, plan.pipelines);
    // Buffers are made while the shaders compile; a failure there must not leave this rejection unobserved.
    compiling.catch(() => undefined);
    const { result: executor, verdict } = inErrorScopes(device, plan.name, () => new Executor(device, plan));
    try {
      await unlessLost(device, verdict);
      executor.#uploadMs = performance.now() - start;
      const compiled = await unlessLost(device, compiling);
      executor.#compileMs = performance.now() - start;
      await unlessLost(device, inErrorScopes(device, plan.name, () => executor.#bind(compiled)).verdict);
      return executor;
    } catch (error) {
      executor.dispose();
      throw error;
    }
  }

  /** Milliseconds `create` took to make and fill the buffers, and to compile the pipelines: both from its start. */
  get times(): { readonly uploadMs: number; readonly compileMs: number } {
    return { uploadMs: this.#uploadMs, compileMs: this.#compileMs };
  }

  private constructor(device: GPUDevice, plan: Plan) {
    this.device = device;
    this.plan = plan;
    this.#regions = createRegions(device, plan);
    for (const { buffer, data } of plan.weights) writeElements(device, at(this.#regions, buffer), data);
    this.#params = plan.params.byteLength > 0 ? this.#createParams(plan.params) : undefined;
    const { readbacks, bytes } = layOutReadbacks(plan.outputs);
    this.#readbacks = readbacks;
    this.#staging = device.createBuffer({
      label: `${plan.name}/readback`,
      size: bytes,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }

  #createParams(bytes: Uint8Array): GPUBuffer {
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const buffer = this.device.createBuffer({ label: `${this.plan.name}/params`, size: bytes.byteLength, usage });
    this.device.queue.writeBuffer(buffer, 0, bytes.slice());
    return buffer;
  }

  #bind(compiled: readonly Compiled[]): void {
    this.#prepare(compiled);
    for (const step of this.plan.steps) this.#dispatches.push(this.#dispatchOf(step, at(compiled, step.pipeline)));
  }

  /** Makes the prepared weights, and frees what only they were made from. */
  #prepare(compiled: readonly Compiled[]): void {
    if (this.plan.prepare.length === 0) return;
    const encoder = this.device.createCommandEncoder();
    encodePass(
      encoder,
      this.plan.prepare.map((step) => this.#dispatchOf(step, at(compiled, step.pipeline))),
    );
    this.device.queue.submit([encoder.finish()]);
    this.plan.buffers.forEach(({ role }, i) => {
      if (role === 'source') at(this.#regions, i).buffer.destroy();
    });
  }

  #dispatchOf(step: PlanStep, { pipeline, layout }: Compiled): Dispatch {
    const entries: GPUBindGroupEntry[] = step.buffers.map((buffer, binding) => ({
      binding,
      resource: at(this.#regions, buffer),
    }));
    if (this.#params && step.paramsBytes > 0) {
      const resource = { buffer: this.#params, offset: step.paramsOffset, size: step.paramsBytes };
      entries.push({ binding: entries.length, resource });
    }
    const label = `${this.plan.name}/${step.label}/${step.variant}`;
    const bindGroup = this.device.createBindGroup({ label, layout, entries });
    return { pipeline, bindGroup, workgroups: step.workgroups };
  }

  /**
   * Runs the network once: inputs by name, outputs by name, in the plan's order, but those that `take` says it has taken. Rejects
   * with ShapeError on a misshapen feed, InputError on one that the GPU refuses or once disposed, DeviceError when the device goes
   * away, the signal's reason.
   */
  run(
    feeds: ReadonlyMap<string, Tensor | InputWriter>,
    how: ExecutorRun = {},
    take?: OutputTaker,
  ): Promise<Map<string, Tensor>> {
    return this.exclusive(async () => {
      const { brought, accepted } = await this.#submit(feeds, how, take);
      if (take && brought.length === 0) {
        await accepted;
        return new Map();
      }
      // Both at once: each is a round trip to the GPU.
      accepted?.catch(() => undefined);
      await unlessLost(this.device, this.#staging.mapAsync(GPUMapMode.READ));
      try {
        await accepted;
        const mapped = this.#staging.getMappedRange();
        return new Map(brought.map((readback) => [readback.port.name, tensorOfReadback(readback, mapped)]));
      } finally {
        this.#staging.unmap();
      }
    });
  }

  /**
   * Writes the inputs and submits all steps, in slices where there is a budget for each, and with the last the copies of outputs to
   * the host. It resolves with these, and with whether the GPU accepts what was fed.
   */
  async #submit(
    feeds: ReadonlyMap<string, Tensor | InputWriter>,
    how: ExecutorRun,
    take: OutputTaker | undefined,
  ): Promise<{ readonly brought: readonly Readback[]; readonly accepted: Promise<void> | undefined }> {
    const { fetches, frameBudgetMs, signal } = how;
    const brought: Readback[] = [];
    const whole = { from: 0, to: this.#dispatches.length };
    const given = [...feeds.values()].some((feed) => typeof feed === 'function');
    const pacer = frameBudgetMs === undefined ? undefined : await this.#pacer(frameBudgetMs);
    let accepted: Promise<void> | undefined;
    for (const slice of pacer?.slices() ?? [whole]) {
      signal?.throwIfAborted();
      this.#requireOpen();
      const start = performance.now();
      const submit = (): void => {
        const encoder = this.device.createCommandEncoder();
        if (slice.from === 0) this.#fillInputs(feeds, encoder);
        encodePass(encoder, this.#dispatches.slice(slice.from, slice.to));
        if (slice.to === whole.to) {
          for (const readback of this.#readbacks) {
            const isFetched = fetches?.includes(readback.port.name) ?? true;
            if (!isFetched || take?.(encoder, readback, this.#regions)) continue;
            copyToStaging(encoder, readback, this.#regions, this.#staging);
            brought.push(readback);
          }
        }
        this.device.queue.submit([encoder.finish()]);
      };
      if (slice.from === 0 && given) accepted = withGiven(this.device, 'what was fed', submit);
      else submit();
      if (!pacer) break;
      await Promise.all([accepted, unlessLost(this.device, this.device.queue.onSubmittedWorkDone())]);
      pacer.observe(slice, performance.now() - start);
    }
    return { brought, accepted };
  }

  /** What is known of the steps' times is kept from run to run, also when the budget changes. */
  async #pacer(budgetMs: number): Promise<Pacer> {
    if (!this.#pacing) {
      const { Pacer } = await onDemand('pacing of frames', () => import('./pacing.ts'));
      this.#pacing = new Pacer(this.#dispatches.length, budgetMs);
    }
    this.#pacing.budgetMs = budgetMs;
    return this.#pacing;
  }

  /** Copies feeds to their buffers. Throws ShapeError on a missing or misshapen one. */
  writeInputs(feeds: ReadonlyMap<string, Tensor>): void {
    for (const port of this.plan.inputs) this.#write(port, feeds.get(port.name));
  }

  #fillInputs(feeds: ReadonlyMap<string, Tensor | InputWriter>, encoder: GPUCommandEncoder): void {
    for (const port of this.plan.inputs) {
      const feed = feeds.get(port.name);
      if (typeof feed === 'function') feed(at(this.#regions, port.buffer), encoder);
      else this.#write(port, feed);
    }
  }

  #write(port: PlanPort, feed: Tensor | undefined): void {
    const encoded = encode(feedFor(port.name, port, feed), port.storage, this.#encoded.get(port.name));
    if (feed?.data.buffer !== encoded.buffer) this.#encoded.set(port.name, encoded);
    writeElements(this.device, at(this.#regions, port.buffer), encoded);
  }

  /** Runs steps `from`…`to`−1 alone: for the step check, which looks at the memory in between. */
  runSteps(from: number, to: number): void {
    const encoder = this.device.createCommandEncoder();
    encodePass(encoder, this.#dispatches.slice(from, to));
    this.device.queue.submit([encoder.finish()]);
  }

  /** Adds steps `from`…`to`−1 to a pass, with whatever its inputs were written: for profiles and the tuner. */
  encodeSteps(pass: GPUComputePassEncoder, from: number, to: number): void {
    encodeInto(pass, this.#dispatches.slice(from, to));
  }

  /** Where a value lies: for the step check. */
  regionOf({ buffer }: PlanValue): Region {
    return at(this.#regions, buffer);
  }

  /** Frees all GPU memory of this plan. Calls in flight finish with an error; calling twice is harmless. */
  dispose(): void {
    this.#disposed = true;
    for (const buffer of new Set(this.#regions.map((region) => region.buffer))) buffer.destroy();
    this.#params?.destroy();
    this.#staging.destroy();
  }

  /**
   * Runs `task` when all tasks before it are done: runs, and the step check, use the same buffers. Rejects with
   * InputError once disposed, also for what then goes wrong in a task under way.
   */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    const run = this.#queue.then(async () => {
      this.#requireOpen();
      try {
        return await task();
      } catch (cause) {
        throw this.#disposed ? disposedError(this.plan.name, cause) : cause;
      }
    });
    this.#queue = run.catch(() => undefined);
    return run;
  }

  #requireOpen(): void {
    if (this.#disposed) throw disposedError(this.plan.name);
  }
}

/** What every call on a disposed session rejects with. */
export function disposedError(name: string, cause?: unknown): InputError {
  return new InputError(`the session of "${name}" was disposed`, { cause });
}
