/** Index arithmetic that kernels share, as WGSL snippets. */
import { u32 } from './literal.ts';

/** Declares `let i`: the linear index of this invocation in a one-dimensional dispatch (kernels/definition.ts `dispatch1d`). */
export function linearIndex(workgroupSize: number): string {
  return `let i = (wid.y * groups.x + wid.x) * ${u32(workgroupSize)} + local_index;`;
}
