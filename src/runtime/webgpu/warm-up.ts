/** Has a driver compile at once what it otherwise compiles when it is first dispatched. */
import type { PlanPipeline } from '../../plan/plan.ts';

/** A pipeline, and what it was made of. */
interface Made {
  readonly source: PlanPipeline & { readonly picture?: string | undefined };
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** As much as any parameters take; arrays may be of any length. */
const PLACEHOLDER_BYTES = 1024;

/**
 * Dispatches no workgroups, on buffers that nothing reads, and resolves when the driver has done so. Not for
 * those that read pictures: they are few.
 */
export async function warmUp(device: GPUDevice, { source, pipeline, layout }: Made): Promise<void> {
  const { label, bindings, hasParams, picture } = source;
  if (picture) return;
  const { STORAGE, UNIFORM } = GPUBufferUsage;
  const usages = [...bindings.map(() => STORAGE), ...(hasParams ? [UNIFORM] : [])];
  const buffers = usages.map((usage) => device.createBuffer({ label, size: PLACEHOLDER_BYTES, usage }));
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const encoder = device.createCommandEncoder({ label });
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ label, layout, entries }));
  pass.dispatchWorkgroups(0);
  pass.end();
  device.queue.submit([encoder.finish()]);
  await device.queue.onSubmittedWorkDone();
  for (const buffer of buffers) buffer.destroy();
}
