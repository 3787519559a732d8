/** Finds out whether this browser has WebGPU, and why not. */
import { adapterName } from '../../../src/index.ts';
import type { CpuReason, Seat, SeatBackend } from './protocol.ts';

const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i;

/**
 * The backend that was asked for, else the GPU where there is one, be it in software, and WASM elsewhere. From what was asked for
 * there is no fallback.
 */
export async function probe(asked: SeatBackend | undefined): Promise<Seat> {
  const known = seatAtOnce(asked);
  if (known) return known;
  const adapter = await findAdapter();
  if (!adapter) {
    return asked ? { backend: asked, adapter: 'no adapter found', software: true } : onCpu('wasm', 'no-adapter');
  }
  const name = adapterName(adapter.info);
  const software = adapter.info?.isFallbackAdapter || SOFTWARE.test(name);
  return { backend: 'webgpu', adapter: name, software };
}

/** The answer where no adapter need be looked for: the CPU was wanted, or there is no WebGPU. */
export function seatAtOnce(asked: SeatBackend | undefined): Seat | undefined {
  if (asked === 'webgpu') return undefined;
  if (asked) return onCpu(asked, 'asked');
  return 'gpu' in navigator ? undefined : onCpu('wasm', isSecureContext ? 'missing' : 'insecure');
}

/** How long a browser may take whose GPU process is starting, and that has no adapter until it has. */
const SECOND_TRY_MS = 400;

/** The adapter that sessions get; null where the browser has none, or fails to look. */
export async function findAdapter(): Promise<GPUAdapter | null> {
  const first = await request();
  if (first) return first;
  await new Promise((resolve) => setTimeout(resolve, SECOND_TRY_MS));
  return request();
}

async function request(): Promise<GPUAdapter | null> {
  try {
    return await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  } catch {
    return null; // some browsers throw where WebGPU is switched off
  }
}

function onCpu(backend: 'wasm' | 'cpu', cpuReason: CpuReason): Seat {
  const adapter = backend === 'wasm' ? 'SIMD on the CPU' : 'CPU reference';
  return { backend, adapter, cpuReason, software: true };
}
