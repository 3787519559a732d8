/**
 * The right operand of a product, padded: rows of whole vectors, so that four columns are one load. Run once, when the
 * plan is loaded.
 *
 * Layout: source[k·columns + j], or [j·depth + k] when transposed; packed[k·pitch + j], zero from j = columns on.
 * Bindings: source read, packed read_write.
 * Workgroup: 64 × 1 × 1, one element of packed each, or four bytes.
 * Dispatch: dispatch1d(count, 64), count = depth · pitch, or a quarter of that.
 * Spec: transposed; outType, how packed is stored; i8x4 when source is, too: pitch is a multiple of four then.
 * Limits: none.
 */
import { isPacked, type Storage } from '../../src/core/storage.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { INT8_WEIGHTS } from '../lib/weights.ts';
import { elementOf } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const PACK_WORKGROUP = 64;

export interface ProductPackSpec {
  readonly transposed: boolean;
  readonly outType: Storage;
}

export function productPackShader({ transposed, outType }: ProductPackSpec): ShaderModule {
  const bytes = isPacked(outType);
  const element = elementOf({ storage: outType, width: 1 });
  return shaderModule({
    bindings: [
      { name: 'source', access: 'read', element: bytes ? element : 'f32' },
      { name: 'packed', access: 'read_write', element },
    ],
    params: { count: 'u32', depth: 'u32', columns: 'u32', pitch: 'u32' },
    workgroupSize: [PACK_WORKGROUP, 1, 1],
    body: bytes
      ? INT8_WEIGHTS.get().padded(transposed, PACK_WORKGROUP)
      : wgsl`
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
  packed[i] = ${element}(v);`,
  });
}
