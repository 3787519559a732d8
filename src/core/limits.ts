/** What lowering needs to know of a device, as plain data: no GPU object ever reaches `kernels` or `plan`. */

/** The WebGPU limits the engine depends on, in the units of the WebGPU specification. */
export interface DeviceLimits {
  readonly maxStorageBuffersPerShaderStage: number;
  readonly maxStorageBufferBindingSize: number;
  readonly maxBufferSize: number;
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
  readonly maxComputeWorkgroupSizeX: number;
  readonly maxComputeWorkgroupSizeY: number;
  readonly maxComputeWorkgroupSizeZ: number;
  readonly maxComputeWorkgroupsPerDimension: number;
  readonly minUniformBufferOffsetAlignment: number;
}

/** Classes of adapters that want different kernels: what a kernel prefers is a table per class. */
export type AdapterClass = 'discrete' | 'integrated' | 'mobile' | 'software';

/** Everything a kernel may ask about the device it is planned for. */
export interface DeviceProfile {
  readonly limits: DeviceLimits;
  readonly adapterClass: AdapterClass;
  /** Optional WebGPU features the device was created with, and those of WGSL there, by their specification names. */
  readonly features: readonly string[];
  /** Invocations of a subgroup, where the device has subgroups and all are of one size. */
  readonly subgroupSize?: number;
}

/** Bytes of the largest buffer that a dispatch can bind whole. */
export function largestBinding({ limits }: DeviceProfile): number {
  return Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
}

/** The defaults every WebGPU device guarantees. */
export const DEFAULT_LIMITS: DeviceLimits = {
  maxStorageBuffersPerShaderStage: 8,
  maxStorageBufferBindingSize: 134217728,
  maxBufferSize: 268435456,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64,
  maxComputeWorkgroupsPerDimension: 65535,
  minUniformBufferOffsetAlignment: 256,
};

/**
 * Work on constants while a graph is compiled: multiply-adds, elements seen by windows, elements read and written. A
 * second at most. What asks for more runs with the graph, as any other node.
 */
export const FOLDED_STEPS = 2 ** 25;

/** Elements of all constants that are made while a graph is compiled: 16 MB of float32, and four times that rearranged. */
export const FOLDED_ELEMENTS = 2 ** 22;

/** Elements made, beyond those, for each that the file holds itself: its weights are transposed, cast, dequantised. */
export const ELEMENTS_PER_CONSTANT = 4;

/** Elements of weights of one number, made by a file's nodes, that passes may multiply; the rest is left as it is. */
export const FOLDED_WEIGHTS = 2 ** 25;
