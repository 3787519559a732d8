/** What kernels of Unique have in common: rows along a dimension of x [outer, extent, inner], and how two of them compare. */
import { shaderModule, wgsl, type Binding, type ShaderModule } from './module.ts';
import type { Scalar } from './numbers.ts';
import { sortKeyFunctions } from './sort-key.ts';

/** Invocations per workgroup. */
export const UNIQUE_WORKGROUP = 64;

/** Positions that are sorted by looking at all of them; longer lists are merged. */
export const UNIQUE_RUN = 64;

/** A kernel that compares rows of x: its binding 0. */
export function uniqueShader(type: Scalar, others: readonly Binding[], body: string): ShaderModule {
  return shaderModule({
    bindings: [{ name: 'x', access: 'read', element: type }, ...others],
    params: { extent: 'u32', outer: 'u32', inner: 'u32', run: 'u32' },
    workgroupSize: [UNIQUE_WORKGROUP, 1, 1],
    declarations: wgsl`
${sortKeyFunctions(type, true)}
// -1, 0 or 1: by the first elements that differ.
fn compared(a: u32, b: u32) -> i32 {
  for (var o = 0u; o < params.outer; o++) {
    let ra = (o * params.extent + a) * params.inner;
    let rb = (o * params.extent + b) * params.inner;
    for (var k = 0u; k < params.inner; k++) {
      let ka = sort_key(x[ra + k]);
      let kb = sort_key(x[rb + k]);
      if (ka != kb) { return select(1i, -1i, ka < kb); }
    }
  }
  return 0i;
}`,
    body,
  });
}
