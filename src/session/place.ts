/** Where the graphs of a session run, and those that are ready to. */
import { onDemand } from '../core/on-demand.ts';
import type { Backend } from './backend.ts';
import { CompiledCache } from './compiled-cache.ts';
import { GpuBackend } from './gpu-backend.ts';
import { mayChoose, type SessionOptions } from './options.ts';

/** A backend, and what was compiled for it. */
export interface Place {
  readonly backend: Backend;
  readonly compiled: CompiledCache;
  /** Frees all of it. Calls in flight reject. */
  readonly close: () => void;
}

/**
 * Opens the backend that the options ask for, or the fastest where they leave it open; once its device is lost, what it still
 * holds is freed and `lost` called. Rejects with DeviceError NO_DEVICE when a GPU is wanted and there is none.
 */
export async function openPlace(options: SessionOptions, lost: () => void): Promise<Place> {
  const backend = await openBackend(options);
  const compiled = new CompiledCache(options.maxPlans);
  const unwatch = backend.onLost(() => {
    lost();
    backend.dispose();
  });
  const close = (): void => {
    unwatch();
    compiled.dispose();
    backend.dispose();
  };
  return { backend, compiled, close };
}

async function openBackend(options: SessionOptions): Promise<Backend> {
  const { backend } = options;
  if (backend === 'cpu') {
    const { CpuBackend } = await onDemand('CPU backend', () => import('./cpu-backend.ts'));
    return new CpuBackend(options);
  }
  const choosing = mayChoose(options);
  let why: unknown;
  try {
    if (backend !== 'wasm') return await GpuBackend.open(options, choosing);
  } catch (error) {
    if (!choosing) throw error;
    why = error;
  }
  const { WasmBackend } = await onDemand('WASM backend', () => import('./wasm-backend.ts'));
  try {
    return await WasmBackend.open(options, why);
  } catch (refused) {
    if (!choosing) throw refused;
    // A page that may not run WebAssembly takes what adapter there is.
    return GpuBackend.open(options, false, 'WebAssembly is refused').catch(() => Promise.reject(refused));
  }
}
