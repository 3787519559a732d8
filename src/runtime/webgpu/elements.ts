/** Elements read back from the GPU as tensors. */
import { hostArray, wgslScalar, type DType } from '../../core/dtype.ts';
import { elementCount, type Shape, type Tensor, type TensorDesc } from '../../core/tensor.ts';
import { channelsOf, isDense, type Placement } from '../../core/placement.ts';
import type { PlanValue } from '../../plan/plan.ts';
import { product } from '../../util/arrays.ts';
import { halvesToFloats } from '../../util/half.ts';
import { withGiven } from './error-scopes.ts';
import type { Region } from './input-writer.ts';
import { unlessLost } from './lost.ts';

/** A dense tensor in GPU memory, which whoever has it destroys. Elements take four bytes each: float32, int32 or uint32. */
export interface GpuTensor extends TensorDesc {
  readonly buffer: GPUBuffer;
}

/** A tensor for a result, in a buffer of its own. */
export function createGpuTensor(
  device: GPUDevice,
  { name, dtype, shape }: TensorDesc & { readonly name: string },
  bytes: number,
): GpuTensor {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  return { dtype, shape, buffer: device.createBuffer({ label: name, size: bytes, usage }) };
}

/** Copies four-byte elements out of mapped memory into the host array of `dtype`. */
export function toTensor(
  { dtype, shape }: { dtype: DType; shape: Shape },
  mapped: ArrayBuffer,
  offset: number,
): Tensor {
  const count = product(shape);
  const data = hostArray(dtype, count);
  data.set(words(dtype, mapped, offset, count));
  return { dtype, shape, data };
}

function words(
  dtype: DType,
  mapped: ArrayBuffer,
  offset: number,
  count: number,
): Float32Array | Uint32Array | Int32Array {
  const scalar = wgslScalar(dtype);
  if (scalar === 'f32') return new Float32Array(mapped, offset, count);
  return scalar === 'u32' ? new Uint32Array(mapped, offset, count) : new Int32Array(mapped, offset, count);
}

/**
 * Copies a dense tensor of four-byte elements from a buffer to host memory. Rejects with InputError when the buffer is
 * destroyed, of another device or cannot be copied, DeviceError DEVICE_LOST when the device goes away.
 */
export function readTensor(device: GPUDevice, tensor: GpuTensor): Promise<Tensor> {
  const size = Math.max(4, elementCount(tensor.shape) * 4);
  return readRegion(device, { buffer: tensor.buffer, offset: 0, size }, (mapped) => toTensor(tensor, mapped, 0));
}

/** Hands `read` a copy of part of a buffer in host memory; allocates. Rejects as `readTensor` does. */
export async function readRegion<T>(
  device: GPUDevice,
  { buffer, offset, size }: Region,
  read: (mapped: ArrayBuffer) => T,
): Promise<T> {
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const staging = device.createBuffer({ label: 'read', size, usage });
  try {
    await withGiven(device, 'the buffer to read', () => {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, offset, staging, 0, size);
      device.queue.submit([encoder.finish()]);
    });
    await unlessLost(device, staging.mapAsync(GPUMapMode.READ));
    return read(staging.getMappedRange());
  } finally {
    staging.destroy();
  }
}

/** A value out of a copy of the buffer it lies in. */
export function gatherValue({ desc, placement }: PlanValue, dtype: DType, mapped: ArrayBuffer): Tensor {
  const { shape } = desc;
  if (desc.dtype !== 'float16' && isDense(placement, shape)) return toTensor({ dtype, shape }, mapped, 0);
  const all =
    desc.dtype === 'float16' ? halvesToFloats(new Uint16Array(mapped)) : words(dtype, mapped, 0, mapped.byteLength / 4);
  const data = hostArray(dtype, elementCount(shape));
  const channels = channelsOf(shape);
  for (let i = 0; i < data.length; i++) {
    data[i] = all[indexOf(placement, Math.floor(i / channels), i % channels)] ?? 0;
  }
  return { dtype, shape, data };
}

function indexOf({ offset, pitch, block, step, blockStep }: Placement, row: number, channel: number): number {
  return offset + row * pitch + (channel % block) * step + Math.floor(channel / block) * blockStep;
}
