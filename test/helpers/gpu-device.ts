/**
 * The one device of a test process (Dawn in Node, with the default limits every WebGPU device guarantees), and the
 * pipelines compiled on it, each distinct text once.
 */
import type { Binding, ShaderModule } from '../../shaders/lib/module.ts';
import type { DeviceProfile } from '../../src/core/limits.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { profileOf } from '../../src/runtime/webgpu/device.ts';

/** An open device. */
export interface Gpu {
  readonly device: GPUDevice;
  readonly pipelines: Map<string, Promise<GPUComputePipeline>>;
  /** What it has not come back from, once that is known. */
  stuckIn?: string;
}

let opened: Promise<Gpu> | undefined;

/**
 * The device, on the adapter that applications would get: with its features that kernels use, and the limits every device
 * has.
 */
export function openDevice(): Promise<Gpu> {
  opened ??= (async () => {
    const { adapter } = await openGpu();
    const requiredFeatures = (['shader-f16', 'subgroups'] as const).filter((f) => adapter.features.has(f));
    return { device: await adapter.requestDevice({ requiredFeatures }), pipelines: new Map() };
  })();
  return opened;
}

/** What the device of the tests offers: with it, variants for its features are lowered too. */
export async function gpuProfile(): Promise<DeviceProfile> {
  return profileOf((await openDevice()).device);
}

/** Destroys the device; without it Dawn keeps the process alive. One that hangs is left: destroying would wait for it. */
export async function closeGpu(): Promise<void> {
  const gpu = await opened;
  opened = undefined;
  if (gpu && gpu.stuckIn === undefined) gpu.device.destroy();
}

/** Compiles a shader, or gives what was made of the same text. Rejects with the numbered text. */
export function pipelineFor({ device, pipelines }: Gpu, shader: ShaderModule): Promise<GPUComputePipeline> {
  const key = `${shader.wgsl}\n${JSON.stringify(shader.bindings)}`;
  const known = pipelines.get(key);
  if (known) return known;
  // What the module and the layouts have to say the pipeline says too; the scope keeps it out of the console.
  device.pushErrorScope('validation');
  const layout = bindGroupLayout(device, shader.bindings, Object.keys(shader.params).length > 0);
  const pending = device.createComputePipelineAsync({
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ code: shader.wgsl }), entryPoint: 'main' },
  });
  const scope = device.popErrorScope();
  const made = pending.catch(async (cause: unknown) => {
    const complaint = await scope;
    throw new Error(`${complaint?.message ?? String(cause)}\n${numbered(shader.wgsl)}`, { cause });
  });
  pipelines.set(key, made);
  return made;
}

function bindGroupLayout(device: GPUDevice, bindings: readonly Binding[], hasParams: boolean): GPUBindGroupLayout {
  const entries: GPUBindGroupLayoutEntry[] = bindings.map((b, binding) => ({
    binding,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type: b.access === 'read' ? 'read-only-storage' : 'storage' },
  }));
  if (hasParams) {
    const binding = bindings.length;
    entries.push({ binding, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'uniform' } });
  }
  return device.createBindGroupLayout({ entries });
}

/** A text with numbers before its lines. */
export function numbered(text: string): string {
  return text
    .split('\n')
    .map((line, i) => `${String(i + 1).padStart(4)} ${line}`)
    .join('\n');
}
