/** Elements read back from the GPU as tensors: loaded by the first call that asks for what a run does not give. */
import { copiedBytes, decode, stored } from '../../core/storage.ts';
import { trimmed, type Tensor, type TensorDesc } from '../../core/tensor.ts';
import type { PlanValue } from '../../plan/plan.ts';
import { withGiven } from './error-scopes.ts';
import type { Executor } from './executor.ts';
import type { Region } from './input-writer.ts';
import { unlessLost } from './lost.ts';

/**
 * A dense tensor in GPU memory, which whoever has it destroys. Elements lie in their type's own word, of four bytes: float32,
 * int32 or uint32.
 */
export interface GpuTensor extends TensorDesc {
  readonly buffer: GPUBuffer;
  /**
   * Where one extent of a result depends on data, the shape has its bound, and `count` holds the extent as an int32: a buffer
   * of the caller's, too. What lies beyond the extent has no meaning.
   */
  readonly bounded?: { readonly axis: number; readonly count: GPUBuffer };
}

/**
 * Copies a dense tensor of four-byte elements from a buffer to host memory, at its true size. Rejects with InputError when the buffer is
 * destroyed, of another device or cannot be copied, DeviceError DEVICE_LOST when the device goes away.
 */
export async function readTensor(device: GPUDevice, tensor: GpuTensor): Promise<Tensor> {
  const read = (desc: TensorDesc, buffer: GPUBuffer): Promise<Tensor> => {
    const value = stored(desc);
    return readRegion(device, { buffer, offset: 0, size: copiedBytes(value) }, (mapped) => decode(value, mapped));
  };
  const whole = await read(tensor, tensor.buffer);
  if (!tensor.bounded) return whole;
  const extent = await read({ dtype: 'int32', shape: [] }, tensor.bounded.count);
  return trimmed(whole, tensor.bounded.axis, extent.data[0] ?? 0);
}

/** Reads a value of a plan wherever it lies: for the step check; allocates. */
export function readValue(executor: Executor, value: PlanValue): Promise<Tensor> {
  return readRegion(executor.device, executor.regionOf(value), (mapped) => decode(value, mapped));
}

/** Hands `read` a copy of part of a buffer in host memory; allocates. Rejects as `readTensor` does. */
async function readRegion<T>(
  device: GPUDevice,
  { buffer, offset, size }: Region,
  read: (mapped: ArrayBuffer) => T,
): Promise<T> {
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const staging = device.createBuffer({ label: 'read', size, usage });
  try {
    const accepted = withGiven(device, 'the buffer to read', () => {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, offset, staging, 0, size);
      device.queue.submit([encoder.finish()]);
    });
    await Promise.all([accepted, unlessLost(device, staging.mapAsync(GPUMapMode.READ))]);
    return read(staging.getMappedRange());
  } finally {
    staging.destroy();
  }
}
