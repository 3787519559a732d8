/**
 * Writes to each place the update that has claimed it: the last step after scatter-claim.ts.
 *
 * Layout: claims[target], one more than the number of an update, 0 for none; updates [count, inner]; x, y [target, inner].
 *   Elements move as bits.
 * Bindings: 0 claims read u32, 1 updates read u32, 2 x read u32, 3 y read_write u32; in place without x: what nothing claims stays.
 * Workgroup: 64 × 1 × 1, one element of y per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: inPlace.
 * Limits: no workgroup storage.
 */
import { SCATTER_WORKGROUP } from './scatter-elements.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';

export interface ScatterWriteSpec {
  readonly inPlace: boolean;
}

export function scatterWriteShader({ inPlace }: ScatterWriteSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'claims', access: 'read', element: 'u32' },
      { name: 'updates', access: 'read', element: 'u32' },
      ...(inPlace ? [] : [{ name: 'x', access: 'read', element: 'u32' } as const]),
      { name: 'y', access: 'read_write', element: 'u32' },
    ],
    params: { count: 'u32', inner: 'u32' },
    workgroupSize: [SCATTER_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(SCATTER_WORKGROUP)}
  if (i >= params.count) { return; }
  let place = i / params.inner;
  let claim = claims[place];
  if (claim > 0u) {
    y[i] = updates[(claim - 1u) * params.inner + i - place * params.inner];
#if ${inPlace}
  }
#else
  } else {
    y[i] = x[i];
  }
#endif`,
  });
}
