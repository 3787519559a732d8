/** Dispatches that are ready to be encoded. */

/** One dispatch: everything it needs exists. */
export interface Dispatch {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
}

/** Records dispatches as a pass of their own. */
export function encodePass(encoder: GPUCommandEncoder, dispatches: readonly Dispatch[]): void {
  const pass = encoder.beginComputePass();
  encodeInto(pass, dispatches);
  pass.end();
}

/** Adds dispatches to a pass. */
export function encodeInto(pass: GPUComputePassEncoder, dispatches: readonly Dispatch[]): void {
  for (const { pipeline, bindGroup, workgroups } of dispatches) {
    // Nothing to do for a batch of none, and drivers wonder.
    if (workgroups.includes(0)) continue;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(workgroups[0], workgroups[1], workgroups[2]);
  }
}
