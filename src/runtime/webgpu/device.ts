/**
 * Opens a device with the limits the engine uses, and describes it as the plain data that planning needs. Chrome before 127
 * says nothing of an adapter, and before 131 nothing of a device's, whatever the types say.
 */
import { DeviceError } from '../../core/errors.ts';
import { DEFAULT_LIMITS, type AdapterClass, type DeviceLimits, type DeviceProfile } from '../../core/limits.ts';
import { wgslFeatures } from '../../core/wgsl-features.ts';

/** Optional features the engine uses when an adapter has them. */
const WANTED_FEATURES = ['shader-f16', 'subgroups', 'timestamp-query'] as const;

/** Limits that are worth raising to what the adapter offers; the rest stay at their defaults. */
const RAISED_LIMITS = [
  'maxStorageBuffersPerShaderStage',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
] as const satisfies readonly (keyof DeviceLimits)[];

/**
 * Requests a device with the adapter's own values for the limits the engine uses. An adapter makes one device only.
 * Rejects with DeviceError NO_DEVICE when the adapter refuses.
 */
export async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits: Record<string, number> = {};
  for (const name of RAISED_LIMITS) requiredLimits[name] = adapter.limits[name];
  const requiredFeatures = WANTED_FEATURES.filter((f) => adapter.features.has(f));
  try {
    return await adapter.requestDevice({ label: 'tilewise', requiredLimits, requiredFeatures });
  } catch (cause) {
    throw new DeviceError('NO_DEVICE', `the adapter "${adapterName(adapter.info)}" gave no device`, {
      hint: 'Reload, update the driver, or choose another adapter',
      cause,
    });
  }
}

/** What planning needs to know of a device. */
export function profileOf(device: GPUDevice): DeviceProfile {
  const limits = Object.fromEntries(
    Object.keys(DEFAULT_LIMITS).map((name) => [name, device.limits[name as keyof DeviceLimits]]),
  ) as unknown as DeviceLimits;
  const { subgroupMinSize, subgroupMaxSize } = device.adapterInfo ?? {};
  return {
    limits,
    adapterClass: classOf(device.adapterInfo),
    features: [...device.features, ...wgslFeatures()],
    ...(device.features.has('subgroups') && subgroupMinSize === subgroupMaxSize
      ? { subgroupSize: subgroupMinSize }
      : {}),
  };
}

/** A name for people: description, else vendor and architecture. */
export function adapterName(info: Partial<GPUAdapterInfo> = {}): string {
  return info.description || [info.vendor, info.architecture].filter(Boolean).join(' ') || 'unknown adapter';
}

/** What is known of an adapter by its names. */
export function classOf(info: Partial<GPUAdapterInfo> = {}): AdapterClass {
  const text = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`.toLowerCase();
  if (info.isFallbackAdapter || /llvmpipe|swiftshader|software|microsoft basic/.test(text)) return 'software';
  if (/nvidia|geforce|quadro|radeon (rx|pro)/.test(text)) return 'discrete';
  if (/qualcomm|adreno|\barm\b|mali|img-tec|powervr/.test(text)) return 'mobile';
  return 'integrated';
}
