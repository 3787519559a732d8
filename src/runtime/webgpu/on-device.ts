/** Results that stay on the GPU: loaded by the first run that asks for them. */
import { InputError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { PlanPort } from '../../plan/plan.ts';
import { at } from '../../util/arrays.ts';
import type { GpuTensor } from './elements.ts';
import type { Executor, ExecutorRun } from './executor.ts';
import type { InputWriter, Region } from './input-writer.ts';
import type { Readback } from './readback.ts';

/** How a run leaves outputs on the device. */
export interface OnDeviceRun extends ExecutorRun {
  /** `gpu`: all of them. */
  readonly outputs?: 'host' | 'gpu' | undefined;
  /** Else these, by name; the others come to the host, copied by the same submission. */
  readonly keep?: readonly string[] | undefined;
}

/**
 * Runs a network once and leaves outputs on the device, in buffers that become the caller's. Rejects as `Executor.run` does, and with
 * InputError for a name that is none of the outputs.
 */
export async function runOnDevice(
  executor: Executor,
  feeds: ReadonlyMap<string, Tensor | InputWriter>,
  how: OnDeviceRun,
): Promise<Map<string, Tensor | GpuTensor>> {
  const { device, plan } = executor;
  const keep = how.outputs === 'gpu' ? undefined : how.keep;
  requireOutputs(plan.outputs, keep);
  const kept = new Map<string, GpuTensor>();
  try {
    const brought = await executor.run(feeds, how, (encoder, readback, regions) => {
      const { name } = readback.port;
      const stays = keep?.includes(name) ?? true;
      if (stays) kept.set(name, copyToBuffers(device, readback, { encoder, regions }));
      return stays;
    });
    const names = plan.outputs.map(({ name }) => name);
    const outputs = names.map((name) => ({ name, tensor: kept.get(name) ?? brought.get(name) }));
    return new Map(outputs.flatMap(({ name, tensor }) => (tensor ? [[name, tensor]] : [])));
  } catch (error) {
    for (const { buffer, bounded } of kept.values()) {
      buffer.destroy();
      bounded?.count.destroy();
    }
    throw error;
  }
}

function requireOutputs(outputs: readonly PlanPort[], keep: readonly string[] = []): void {
  const unknown = keep.find((name) => outputs.every((port) => port.name !== name));
  if (unknown !== undefined) throw new InputError(`"${unknown}" cannot be kept: it is not an output`);
}

// Of the same file, for a page to load.
export { readTensor } from './elements.ts';

/** What the buffers of outputs that stay can be used for. */
const KEPT = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/** Records the copy of an output to a buffer of its own; of its bound, with the count in another buffer. */
function copyToBuffers(
  device: GPUDevice,
  { port, bytes, count }: Readback,
  { encoder, regions }: { readonly encoder: GPUCommandEncoder; readonly regions: readonly Region[] },
): GpuTensor {
  const copy = ({ name, dtype, shape, buffer: index }: PlanPort, size: number): GpuTensor => {
    const buffer = device.createBuffer({ label: name, size, usage: KEPT });
    const region = at(regions, index);
    encoder.copyBufferToBuffer(region.buffer, region.offset, buffer, 0, size);
    return { dtype, shape, buffer };
  };
  const whole = copy(port, bytes);
  if (!count || !port.bounded) return whole;
  return { ...whole, bounded: { axis: port.bounded.axis, count: copy(count.port, count.bytes).buffer } };
}
