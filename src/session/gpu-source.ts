/** Where a session gets its GPU. */
import { DeviceError } from '../core/errors.ts';
import { requestDevice } from '../runtime/webgpu/device.ts';

/** Where a session gets its GPU: an adapter, a way to get one (needed to recover from a lost device), or a device. */
export type GpuSource = GPUAdapter | GPUDevice | (() => Promise<GPUAdapter | null>);

/** Opens a device. Rejects with DeviceError NO_DEVICE when there is no adapter, or it gives none. */
export async function openDevice(gpu: GpuSource | undefined): Promise<GPUDevice> {
  if (isDevice(gpu)) return gpu;
  const adapter = typeof gpu === 'function' ? await gpu() : (gpu ?? (await defaultAdapter()));
  if (adapter) return requestDevice(adapter);
  throw new DeviceError('NO_DEVICE', 'no WebGPU adapter was found', {
    hint: "Use a browser with WebGPU over https or localhost, or pass { backend: 'cpu' }",
  });
}

/** True for a device of the caller's own, which is not ours to destroy. */
export function isDevice(gpu: GpuSource | undefined): gpu is GPUDevice {
  return typeof gpu === 'object' && 'queue' in gpu;
}

async function defaultAdapter(): Promise<GPUAdapter | null> {
  if (typeof navigator === 'undefined' || !('gpu' in navigator)) return null;
  return navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
}
