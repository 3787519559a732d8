/**
 * The extents of a tensor, one of which depends on data.
 *
 * Layout: count [1]; y [rank]; the extent of dimension a in parameter d<a>, but for that of `axis`, which is the count.
 * Bindings: 0 count read i32, 1 y read_write i32.
 * Workgroup: 1 × 1 × 1.
 * Dispatch: [1, 1, 1].
 * Spec: rank, at least 1; axis of the extent that depends on data.
 * Limits: no workgroup storage.
 */
import { range } from '../../src/util/arrays.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, type ShaderModule } from '../lib/module.ts';
import { listFields } from '../lib/strided.ts';

export interface ShapeSpec {
  readonly rank: number;
  readonly axis: number;
}

export function shapeShader({ rank, axis }: ShapeSpec): ShaderModule {
  const extents = range(rank).map((d) => `  y[${u32(d)}] = ${d === axis ? 'count[0]' : `i32(params.d${d})`};`);
  return shaderModule({
    bindings: [
      { name: 'count', access: 'read', element: 'i32' },
      { name: 'y', access: 'read_write', element: 'i32' },
    ],
    params: listFields('d', rank),
    workgroupSize: [1, 1, 1],
    body: extents.join('\n'),
  });
}
