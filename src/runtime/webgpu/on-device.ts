/** Results that stay on the GPU: loaded by the first run that asks for them. */
import type { Tensor, TensorDesc } from '../../core/tensor.ts';
import type { PlanPort } from '../../plan/plan.ts';
import { at } from '../../util/arrays.ts';
import type { GpuTensor } from './elements.ts';
import type { Executor, ExecutorRun } from './executor.ts';
import type { InputWriter, Region } from './input-writer.ts';
import type { Readback } from './readback.ts';

/** Runs a network once and leaves its outputs on the device, in buffers that become the caller's. Rejects as `Executor.run` does. */
export function runOnDevice(
  executor: Executor,
  feeds: ReadonlyMap<string, Tensor | InputWriter>,
  how: ExecutorRun,
): Promise<Map<string, GpuTensor>> {
  return executor.exclusive(async () => {
    const outputs = new Map<string, GpuTensor>();
    try {
      await executor.submit(feeds, how, (encoder, readback, regions) => {
        outputs.set(readback.port.name, copyToGpuTensor(executor.device, encoder, readback, regions));
      });
      return outputs;
    } catch (error) {
      for (const { buffer, bounded } of outputs.values()) {
        buffer.destroy();
        bounded?.count.destroy();
      }
      throw error;
    }
  });
}

/** Records the copy of an output to a buffer of the caller's; of its bound, with the count in another buffer. */
function copyToGpuTensor(
  device: GPUDevice,
  encoder: GPUCommandEncoder,
  { port, bytes, count }: Readback,
  regions: readonly Region[],
): GpuTensor {
  const copy = (from: PlanPort, size: number): GpuTensor => {
    const tensor = createGpuTensor(device, from, size);
    const region = at(regions, from.buffer);
    encoder.copyBufferToBuffer(region.buffer, region.offset, tensor.buffer, 0, size);
    return tensor;
  };
  const whole = copy(port, bytes);
  if (!count || !port.bounded) return whole;
  return { ...whole, bounded: { axis: port.bounded.axis, count: copy(count.port, count.bytes).buffer } };
}

/** A tensor for a result, in a buffer of its own. */
function createGpuTensor(
  device: GPUDevice,
  { name, dtype, shape }: TensorDesc & { readonly name: string },
  bytes: number,
): GpuTensor {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  return { dtype, shape, buffer: device.createBuffer({ label: name, size: bytes, usage }) };
}
