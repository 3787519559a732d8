/** Runs a Plan on a device: everything is created once, a run only writes, encodes, submits and reads back. */
import { at, product } from '../../util/arrays.ts';
import type { DType, HostArray } from '../../core/dtype.ts';
import { InputError } from '../../core/errors.ts';
import type { Shape, Tensor } from '../../core/tensor.ts';
import type { Plan, PlanPort, PlanStep, PlanValue } from '../../plan/plan.ts';
import { feedFor } from '../feeds.ts';
import { inErrorScopes } from './error-scopes.ts';
import { unlessLost } from './lost.ts';
import { gatherValue, toTensor } from './elements.ts';
import { compilePipelines, type Compiled } from './pipelines.ts';

interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
}

/** A buffer, or part of one. */
interface Region {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** Where an output lies in the staging buffer. */
interface Readback {
  readonly port: PlanPort;
  readonly offset: number;
  readonly bytes: number;
}

/** A plan loaded on a device. Runs are serialised: concurrent calls wait for each other. */
export class Executor {
  readonly plan: Plan;
  readonly device: GPUDevice;
  readonly #regions: readonly Region[];
  readonly #params: GPUBuffer | undefined;
  readonly #dispatches: Dispatch[] = [];
  readonly #readbacks: Readback[];
  readonly #staging: GPUBuffer;
  /** Four-byte copies of inputs whose host array is narrower, made once. */
  readonly #widened = new Map<string, Int32Array<ArrayBuffer>>();
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
    let end = 0;
    this.#readbacks = plan.outputs.map((port) => {
      const bytes = copiedBytes(port.shape);
      const readback = { port, offset: end, bytes };
      end += bytes;
      return readback;
    });
    this.#staging = device.createBuffer({
      label: `${plan.name}/readback`,
      size: Math.max(16, end),
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
    encode(
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
   * Runs the network once: inputs by name, outputs by name, in the plan's order. Rejects with ShapeError on a missing
   * or misshapen feed, DeviceError DEVICE_LOST when the device goes away, InputError once disposed.
   */
  run(feeds: ReadonlyMap<string, Tensor>): Promise<Map<string, Tensor>> {
    return this.exclusive(async () => {
      this.writeInputs(feeds);
      const encoder = this.device.createCommandEncoder();
      encode(encoder, this.#dispatches);
      for (const { port, offset, bytes } of this.#readbacks) {
        const { buffer, offset: from } = at(this.#regions, port.buffer);
        encoder.copyBufferToBuffer(buffer, from, this.#staging, offset, bytes);
      }
      this.device.queue.submit([encoder.finish()]);
      await unlessLost(this.device, this.#staging.mapAsync(GPUMapMode.READ));
      try {
        const mapped = this.#staging.getMappedRange();
        return new Map(this.#readbacks.map(({ port, offset }) => [port.name, toTensor(port, mapped, offset)]));
      } finally {
        this.#staging.unmap();
      }
    });
  }

  /** Copies feeds to their buffers. Throws ShapeError on a missing or misshapen one. */
  writeInputs(feeds: ReadonlyMap<string, Tensor>): void {
    for (const port of this.plan.inputs) {
      const { data } = feedFor(port.name, port, feeds);
      writeElements(this.device, at(this.#regions, port.buffer), this.#fourByte(port.name, data));
    }
  }

  #fourByte(name: string, data: HostArray): HostArray {
    if (data.BYTES_PER_ELEMENT === 4) return data;
    let wide = this.#widened.get(name);
    if (!wide) this.#widened.set(name, (wide = new Int32Array(data.length)));
    wide.set(data);
    return wide;
  }

  /** Runs steps `from`…`to`−1 alone: for the step check, which looks at the memory in between. */
  runSteps(from: number, to: number): void {
    const encoder = this.device.createCommandEncoder();
    encode(encoder, this.#dispatches.slice(from, to));
    this.device.queue.submit([encoder.finish()]);
  }

  /** Adds steps `from`…`to`−1 to a pass, with whatever its inputs were written: for profiles and the tuner. */
  encodeSteps(pass: GPUComputePassEncoder, from: number, to: number): void {
    encodeInto(pass, this.#dispatches.slice(from, to));
  }

  /** Reads a value wherever it lies, as a tensor of the graph's `dtype`: for the step check; allocates. */
  async readValue(value: PlanValue, dtype: DType): Promise<Tensor> {
    const { bytes } = at(this.plan.buffers, value.buffer);
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const staging = this.device.createBuffer({ label: 'step check', size: bytes, usage });
    const encoder = this.device.createCommandEncoder();
    const { buffer, offset } = at(this.#regions, value.buffer);
    encoder.copyBufferToBuffer(buffer, offset, staging, 0, bytes);
    this.device.queue.submit([encoder.finish()]);
    try {
      await unlessLost(this.device, staging.mapAsync(GPUMapMode.READ));
      return gatherValue(value, dtype, staging.getMappedRange());
    } finally {
      staging.destroy();
    }
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
      if (this.#disposed) throw disposedError(this.plan.name);
      try {
        return await task();
      } catch (cause) {
        throw this.#disposed ? disposedError(this.plan.name, cause) : cause;
      }
    });
    this.#queue = run.catch(() => undefined);
    return run;
  }
}

function encode(encoder: GPUCommandEncoder, dispatches: readonly Dispatch[]): void {
  const pass = encoder.beginComputePass();
  encodeInto(pass, dispatches);
  pass.end();
}

function encodeInto(pass: GPUComputePassEncoder, dispatches: readonly Dispatch[]): void {
  for (const { pipeline, bindGroup, workgroups } of dispatches) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
  }
}

/** What every call on a disposed session rejects with. */
export function disposedError(name: string, cause?: unknown): InputError {
  return new InputError(`the session of "${name}" was disposed`, { cause });
}

/** The buffers of a plan, and the parts of them that are bound by themselves. */
function createRegions(device: GPUDevice, { buffers, name }: Plan): Region[] {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const regions: Region[] = [];
  buffers.forEach(({ bytes, role, within }, i) => {
    const buffer = within
      ? at(regions, within.buffer).buffer
      : device.createBuffer({ label: `${name}/${role}${i}`, size: bytes, usage });
    regions.push({ buffer, offset: within?.offset ?? 0, size: bytes });
  });
  return regions;
}

function writeElements(device: GPUDevice, { buffer, offset }: Region, data: HostArray | Uint16Array): void {
  if (data.byteLength === 0) return;
  // An odd number of halves is no multiple of four bytes; their own buffer is, or they are copied into one that is.
  const bytes = data.byteLength % 4 === 0 ? data : Uint16Array.from([...data, 0]);
  device.queue.writeBuffer(buffer, offset, bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes to copy for a tensor of this shape: four per element, and at least four, since nothing cannot be mapped. */
function copiedBytes(shape: Shape): number {
  return Math.max(4, product(shape) * 4);
}
