/** Finds out whether this browser has WebGPU, and why not. */
import { adapterName } from '../../../src/index.ts';
import type { CpuReason, Seat } from './protocol.ts';

const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i;

/** The GPU where there is one and the CPU was not asked for. */
export async function probe(backend: 'cpu' | undefined): Promise<Seat> {
  const known = seatAtOnce(backend);
  if (known) return known;
  const adapter = await findAdapter();
  if (!adapter) return onCpu('no-adapter');
  const name = adapterName(adapter.info);
  const software = adapter.info?.isFallbackAdapter || SOFTWARE.test(name);
  return { backend: 'webgpu', adapter: name, software };
}

/** The answer where nobody need be asked: the CPU was wanted, or there is no WebGPU. */
export function seatAtOnce(backend: 'cpu' | undefined): Seat | undefined {
  if (backend === 'cpu') return onCpu('asked');
  return 'gpu' in navigator ? undefined : onCpu(isSecureContext ? 'missing' : 'insecure');
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

function onCpu(cpuReason: CpuReason): Seat {
  return { backend: 'cpu', adapter: 'CPU reference', cpuReason, software: true };
}
