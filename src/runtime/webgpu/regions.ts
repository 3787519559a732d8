/** The buffers of a plan on a device, and how elements get into them. */
import type { Plan } from '../../plan/plan.ts';
import { at } from '../../util/arrays.ts';
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

/** Queues elements, as they are stored, into a region: whole words, as `encode` makes them. */
export function writeElements(device: GPUDevice, { buffer, offset }: Region, data: Uint8Array): void {
  if (data.byteLength === 0) return;
  device.queue.writeBuffer(buffer, offset, data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
}
