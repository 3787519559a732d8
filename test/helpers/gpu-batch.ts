/**
 * Runs many small pieces of work on one device: what is asked for in the same moment has its pipelines compiled side by
 * side, goes to the GPU without waiting in between, and is read back at once. Each piece keeps buffers, error scopes and a
 * submit of its own, so that a complaint names it, and so does a hang.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { packParams } from '../../shaders/lib/module.ts';
import type { CallOperand, KernelCall } from '../../src/kernels/definition.ts';
import { at } from '../../src/util/arrays.ts';
import { PATIENCE_MS } from './patience.ts';
import { numbered, openDevice, pipelineFor, type Gpu } from './gpu-device.ts';

/** A piece of work. */
export interface GpuWork {
  /** Names it in what goes wrong. */
  readonly label: string;
  /** Dispatches, in order; no operand is `prepared`. */
  readonly calls: readonly KernelCall[];
  /** Makes the buffers; called inside the error scopes of the work. */
  readonly open: (device: GPUDevice) => WorkBuffers;
}

/** The buffers of a piece of work. */
export interface WorkBuffers {
  /** The buffer an operand is bound to. */
  of(operand: CallOperand): GPUBuffer;
  /** A new buffer with the bytes of parameters. */
  uniform(bytes: Uint8Array): GPUBuffer;
  /** Those that are read back. */
  readonly results: readonly GPUBuffer[];
  destroy(): void;
}

/** Pieces at a time: enough to keep a device busy, few enough to fit in its memory. */
const MOST_AT_ONCE = 64;

/** How long to wait for more to be asked for. */
const GATHER_MS = 5;

/** A piece of work and who waits for it. */
interface Pending {
  readonly work: GpuWork;
  readonly done: (bytes: readonly ArrayBuffer[]) => void;
  readonly failed: (reason: unknown) => void;
}

let waiting: Pending[] = [];
let draining = false;

/**
 * The bytes of the results. Rejects with what compiling, or the device, has to say of this work, with the numbered shaders;
 * when the device hangs in it, or hung before.
 */
export function runOnGpu(work: GpuWork): Promise<readonly ArrayBuffer[]> {
  const result = new Promise<readonly ArrayBuffer[]>((done, failed) => waiting.push({ work, done, failed }));
  if (!draining) void drain();
  return result;
}

async function drain(): Promise<void> {
  draining = true;
  while (waiting.length > 0) {
    await sleep(GATHER_MS);
    const batch = waiting.slice(0, MOST_AT_ONCE);
    waiting = waiting.slice(MOST_AT_ONCE);
    try {
      const gpu = await openDevice();
      if (gpu.stuckIn !== undefined) throw new Error(`not run: the GPU hangs in ${gpu.stuckIn}`);
      await runBatch(gpu, batch);
    } catch (error) {
      // Those that have their answer already do not hear it.
      for (const { failed } of batch) failed(error);
    }
  }
  draining = false;
}

/** Work on its way: its pipelines are there, and its buffers. */
interface Opened extends Pending {
  readonly pipelines: readonly GPUComputePipeline[];
  readonly buffers: WorkBuffers;
  /** What the device says of it. */
  readonly complaints: Promise<GPUError | null>[];
  /** Where its results begin in the memory that is read back. */
  readonly offset: number;
}

async function runBatch(gpu: Gpu, batch: readonly Pending[]): Promise<void> {
  const { device } = gpu;
  const opened = openAll(device, batch, await compileAll(gpu, batch));
  if (opened.length === 0) return;
  const size = Math.max(...opened.map(({ offset, buffers }) => offset + bytesOf(buffers.results)), 16);
  const staging = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  try {
    const ends = opened.map((one) => submit(device, one, staging));
    for (const [i, end] of ends.entries()) await unlessStuck(gpu, end, at(opened, i).work.label);
    await staging.mapAsync(GPUMapMode.READ);
    for (const one of opened) await answer(one, staging);
  } finally {
    for (const { buffers } of opened) buffers.destroy();
    staging.destroy();
  }
}

/** Pipelines of every work, or why there are none. All are compiled at once, as far as the driver does. */
async function compileAll(
  gpu: Gpu,
  batch: readonly Pending[],
): Promise<readonly PromiseSettledResult<readonly GPUComputePipeline[]>[]> {
  const compiling = batch.map(async ({ work }) => {
    const [outcome] = await Promise.allSettled([Promise.all(work.calls.map(({ shader }) => pipelineFor(gpu, shader)))]);
    return outcome;
  });
  const compiled = [];
  for (const [i, one] of compiling.entries()) compiled.push(await unlessStuck(gpu, one, at(batch, i).work.label));
  return compiled;
}

/** Makes the buffers of all work that has its pipelines. */
function openAll(
  device: GPUDevice,
  batch: readonly Pending[],
  compiled: readonly PromiseSettledResult<readonly GPUComputePipeline[]>[],
): Opened[] {
  let offset = 0;
  return batch.flatMap((pending, i): Opened[] => {
    const outcome = at(compiled, i);
    if (outcome.status === 'rejected') {
      pending.failed(outcome.reason);
      return [];
    }
    const complaints: Promise<GPUError | null>[] = [];
    const buffers = scoped(device, { ...pending, complaints }, () => pending.work.open(device));
    if (!buffers) return [];
    const opened = { ...pending, pipelines: outcome.value, buffers, complaints, offset };
    offset += bytesOf(buffers.results);
    return [opened];
  });
}

function bytesOf(buffers: readonly GPUBuffer[]): number {
  return buffers.reduce((sum, { size }) => sum + size, 0);
}

/** What synchronous calls give; the device's complaints about them are noted, and what is thrown is the answer. */
function scoped<T>(
  device: GPUDevice,
  { complaints, failed }: Pick<Opened, 'complaints' | 'failed'>,
  body: () => T,
): T | undefined {
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  try {
    return body();
  } catch (error) {
    failed(error);
    return undefined;
  } finally {
    complaints.push(device.popErrorScope(), device.popErrorScope());
  }
}

/** Sends one work off, its results to be copied to `staging`; resolves when the device has done it. */
async function submit(device: GPUDevice, one: Opened, staging: GPUBuffer): Promise<void> {
  const { work, pipelines, buffers, offset } = one;
  scoped(device, one, () => {
    const groups = work.calls.map((call, i) => bindGroup(device, call, at(pipelines, i), buffers));
    const encoder = device.createCommandEncoder({ label: work.label });
    const pass = encoder.beginComputePass();
    work.calls.forEach((call, i) => {
      pass.setPipeline(at(pipelines, i));
      pass.setBindGroup(0, at(groups, i));
      pass.dispatchWorkgroups(...call.workgroups);
    });
    pass.end();
    let to = offset;
    for (const buffer of buffers.results) {
      encoder.copyBufferToBuffer(buffer, 0, staging, to, buffer.size);
      to += buffer.size;
    }
    device.queue.submit([encoder.finish()]);
  });
  await device.queue.onSubmittedWorkDone();
}

function bindGroup(
  device: GPUDevice,
  call: KernelCall,
  pipeline: GPUComputePipeline,
  buffers: WorkBuffers,
): GPUBindGroup {
  if (call.operands.length !== call.shader.bindings.length) {
    throw new Error(`${call.operands.length} operands for ${call.shader.bindings.length} bindings`);
  }
  const entries = call.operands.map((o, binding) => ({ binding, resource: { buffer: buffers.of(o) } }));
  if (Object.keys(call.shader.params).length > 0) {
    const bytes = packParams(call.shader.params, call.params);
    entries.push({ binding: entries.length, resource: { buffer: buffers.uniform(bytes) } });
  }
  return device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
}

/** Gives one work its bytes, unless the device complained. */
async function answer({ work, buffers, complaints, offset, done, failed }: Opened, staging: GPUBuffer): Promise<void> {
  const complaint = (await Promise.all(complaints)).find((error) => error !== null);
  if (complaint) {
    failed(new Error(`${complaint.message}\n${work.calls.map((c) => numbered(c.shader.wgsl)).join('\n')}`));
    return;
  }
  let from = offset;
  const bytes = buffers.results.map(({ size }) => {
    const part = staging.getMappedRange(from, size).slice(0);
    from += size;
    return part;
  });
  done(bytes);
}

/** Waits for the device, which does one work after another: when it has not come to the end of one for long, it hangs. */
async function unlessStuck<T>(gpu: Gpu, end: Promise<T>, label: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      gpu.stuckIn = label;
      reject(new Error(`the GPU hangs in ${label}`));
    }, PATIENCE_MS);
  });
  try {
    return await Promise.race([end, late]);
  } finally {
    clearTimeout(timer);
  }
}
