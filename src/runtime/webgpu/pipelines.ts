/** Compute pipelines, each distinct WGSL text compiled once, asynchronously and all at once. */
import { onDemand } from '../../core/on-demand.ts';
import type { PlanPipeline } from '../../plan/plan.ts';

/** What is compiled: a pipeline of a plan, or one that reads a picture besides. */
export interface PipelineSource extends PlanPipeline {
  /** Bound after the parameters. */
  readonly picture?: 'texture_2d<f32>' | 'texture_external' | undefined;
}

/** A compiled pipeline and the layout its bind groups need. */
export interface Compiled {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

const caches = new WeakMap<GPUDevice, Map<string, Promise<Compiled>>>();

/**
 * Compiles a pipeline, or gives the one already compiled (or being compiled) for the same text on this device.
 * A failure is not remembered. Rejects with ShaderError quoting the numbered source around each message.
 */
export function compilePipeline(device: GPUDevice, source: PipelineSource): Promise<Compiled> {
  let cache = caches.get(device);
  if (!cache) caches.set(device, (cache = new Map()));
  const existing = cache.get(source.wgsl);
  if (existing) return existing;
  const pending = compile(device, source);
  cache.set(source.wgsl, pending);
  pending.catch(() => cache.delete(source.wgsl));
  return pending;
}

/** Compiles pipelines, all at once: before the plan they are of is loaded, if need be. Rejects as `compilePipeline`. */
export function compilePipelines(device: GPUDevice, sources: readonly PlanPipeline[]): Promise<Compiled[]> {
  return Promise.all(sources.map((source) => compilePipeline(device, source)));
}

async function compile(device: GPUDevice, source: PipelineSource): Promise<Compiled> {
  const { wgsl, bindings, hasParams, picture, label } = source;
  const entries: GPUBindGroupLayoutEntry[] = bindings.map((b, binding) => ({
    binding,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type: b.access === 'read' ? 'read-only-storage' : 'storage' },
  }));
  if (hasParams) {
    entries.push({ binding: bindings.length, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'uniform' } });
  }
  if (picture) {
    const binding = entries.length;
    const resource = picture === 'texture_external' ? { externalTexture: {} } : { texture: {} };
    entries.push({ binding, visibility: GPUShaderStage.COMPUTE, ...resource });
  }
  // A bad module also raises an uncaptured validation error; the scope keeps it out of the console.
  device.pushErrorScope('validation');
  const layout = device.createBindGroupLayout({ label, entries });
  const module = device.createShaderModule({ label, code: wgsl });
  const pipelineLayout = device.createPipelineLayout({ label, bindGroupLayouts: [layout] });
  const pending = device.createComputePipelineAsync({
    label,
    layout: pipelineLayout,
    compute: { module, entryPoint: 'main' },
  });
  const scope = device.popErrorScope();
  let pipeline: GPUComputePipeline;
  try {
    pipeline = await pending;
  } catch (cause) {
    const { describeFailure } = await onDemand('explanations', () => import('./shader-failure.ts'));
    throw await describeFailure(module, { wgsl, label, cause });
  } finally {
    await scope.catch(() => null);
  }
  const made = { source, pipeline, layout };
  // So wgpu calls lavapipe, which compiles with the first dispatch. Dawn, which warns of empty ones, calls it otherwise.
  if (device.adapterInfo?.description.startsWith('llvmpipe (')) {
    await (await onDemand('warm-up', () => import('./warm-up.ts'))).warmUp(device, made);
  }
  return made;
}
