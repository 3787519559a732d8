/** Where a session runs its graphs: the device, what is loaded on it, and what was measured of it. */
import { CompiledCache } from './compiled-cache.ts';
import { isDevice, openDevice } from './gpu-source.ts';
import { PictureWriter } from '../pictures/picture-writer.ts';
import type { SessionOptions } from './options.ts';
import { SessionTuning } from '../measure/tuning.ts';

/** A GPU device and what a session keeps on it. */
export interface GpuPlace {
  readonly device: GPUDevice;
  readonly tuning: SessionTuning;
  readonly pictures: PictureWriter;
}

/** Where graphs run, and those that are ready to. */
export interface Place {
  /** Undefined on the CPU backend, and only there. */
  readonly gpu: GpuPlace | undefined;
  readonly compiled: CompiledCache;
}

/** Rejects with DeviceError NO_DEVICE when a GPU is wanted and there is none. */
export async function openPlace(options: SessionOptions): Promise<Place> {
  const compiled = new CompiledCache();
  if (options.backend === 'cpu') return { gpu: undefined, compiled };
  const device = await openDevice(options.gpu);
  const gpu = { device, tuning: new SessionTuning(device, options), pictures: new PictureWriter(device) };
  return { gpu, compiled };
}

/** Frees what is on the device, and the device itself unless it is the caller's. */
export function closePlace({ gpu, compiled }: Place, options: SessionOptions): void {
  compiled.dispose();
  gpu?.pictures.dispose();
  if (!isDevice(options.gpu)) gpu?.device.destroy();
}
