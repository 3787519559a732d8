/** The buffers of a plan on a device, and how elements get into them. */
import type { HostArray } from '../../core/dtype.ts';
import type { Shape } from '../../core/tensor.ts';
import type { Plan } from '../../plan/plan.ts';
import { at, product } from '../../util/arrays.ts';
import type { Region } from './input-writer.ts';

/** The buffers of a plan, and the parts of them that are bound by themselves. */
export function createRegions(device: GPUDevice, { buffers, name }: Plan): Region[] {
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

/** Queues four-byte elements, or halves, into a region. */
export function writeElements(device: GPUDevice, { buffer, offset }: Region, data: HostArray | Uint16Array): void {
  if (data.byteLength === 0) return;
  // An odd number of halves is no multiple of four bytes; their own buffer is, or they are copied into one that is.
  const bytes = data.byteLength % 4 === 0 ? data : Uint16Array.from([...data, 0]);
  device.queue.writeBuffer(buffer, offset, bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes to copy for a tensor of this shape: four per element, and at least four, since nothing cannot be mapped. */
export function copiedBytes(shape: Shape): number {
  return Math.max(4, product(shape) * 4);
}
