/** Why the WASM backend cannot run: loaded when it cannot. */
import { DeviceError } from '../../core/errors.ts';
import type { SimdPlan } from '../../simd/plan.ts';

/** What helps where an engine refuses WebAssembly. */
const REMEDY =
  "Let the page's Content-Security-Policy have 'wasm-unsafe-eval' in script-src, use a browser that has WebAssembly SIMD and " +
  "DecompressionStream, or pass { backend: 'webgpu' }";

/** Errors NO_DEVICE. */
export const WASM_REFUSALS = {
  /** Where an engine refuses a module of kernels. */
  ofModule: (cause: unknown): DeviceError =>
    new DeviceError('NO_DEVICE', `the WASM backend cannot run here (${String(cause)})`, { hint: REMEDY, cause }),
  /** Where it refuses the memory of a plan. */
  ofMemory: ({ bytes, graph }: SimdPlan, cause: unknown): DeviceError =>
    new DeviceError('NO_DEVICE', `"${graph.name}" needs ${bytes} bytes of WebAssembly memory, which there are not`, {
      hint: 'Use smaller inputs, or dispose sessions that are not needed any more',
      cause,
    }),
};
