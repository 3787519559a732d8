/**
 * The right operand of a product, padded: rows of whole vectors, so that four columns are one load. Run once, when the
 * plan is loaded.
 *
 * Layout: source[k·columns + j], or [j·depth + k] when transposed; packed[k·pitch + j], zero from j = columns on.
 * Bindings: source read, packed read_write.
 * Workgroup: 64 × 1 × 1, one element of packed each.
 * Dispatch: dispatch1d(count, 64), count = depth · pitch.
 * Spec: transposed; outType, how packed is stored.
 * Limits: none.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';

/** Invocations per workgroup. */
export const PACK_WORKGROUP = 64;

export interface ProductPackSpec {
  readonly transposed: boolean;
  readonly outType: FloatStorage;
}

export function productPackShader({ transposed, outType }: ProductPackSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'source', access: 'read', element: 'f32' },
      { name: 'packed', access: 'read_write', element: outType },
    ],
    params: { count: 'u32', depth: 'u32', columns: 'u32', pitch: 'u32' },
    workgroupSize: [PACK_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(PACK_WORKGROUP)}
  if (i >= params.count) { return; }
  let k = i / params.pitch;
  let j = i - k * params.pitch;
#if ${transposed}
  let at = j * params.depth + k;
#else
  let at = k * params.columns + j;
#endif
  var v = 0.0;
  if (j < params.columns) { v = source[at]; }
  packed[i] = ${outType}(v);`,
  });
}
