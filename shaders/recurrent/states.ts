/**
 * The states of a recurrent network from their buffers into one, h and then c, and out of it.
 *
 * Layout: h and c [D, N, H], joined [1 or 2, D, N, H].
 * Bindings: joining, h and c read, those that there are, joined read_write; parting, joined read, then h and c read_write.
 * Workgroup: 64 × 1 × 1, one element per invocation.
 * Dispatch: dispatch1d(count, 64), count = the elements of joined.
 * Spec: which of h and c there are; absent ones are zero where they are joined, and left out where they are parted.
 * Limits: none.
 */
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type Binding, type ShaderModule } from '../lib/module.ts';

/** Invocations per workgroup. */
export const STATES_WORKGROUP = 64;

export interface StatesSpec {
  readonly h: boolean;
  readonly c: boolean;
}

const state = (name: string, access: Binding['access']): Binding => ({ name, access, element: 'f32' });

export function joinStatesShader({ h, c }: StatesSpec): ShaderModule {
  return shaderModule({
    bindings: [...(h ? [state('h', 'read')] : []), ...(c ? [state('c', 'read')] : []), state('joined', 'read_write')],
    params: { count: 'u32', states: 'u32' },
    workgroupSize: [STATES_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(STATES_WORKGROUP)}
  if (i >= params.count) { return; }
  var v = 0.0;
#if ${h}
  if (i < params.states) { v = h[i]; }
#endif
#if ${c}
  if (i >= params.states) { v = c[i - params.states]; }
#endif
  joined[i] = v;`,
  });
}

export function partStatesShader({ h, c }: StatesSpec): ShaderModule {
  return shaderModule({
    bindings: [
      state('joined', 'read'),
      ...(h ? [state('h', 'read_write')] : []),
      ...(c ? [state('c', 'read_write')] : []),
    ],
    params: { count: 'u32', states: 'u32' },
    workgroupSize: [STATES_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(STATES_WORKGROUP)}
  if (i >= params.count) { return; }
#if ${h}
  if (i < params.states) { h[i] = joined[i]; }
#endif
#if ${c}
  if (i >= params.states) { c[i - params.states] = joined[i]; }
#endif`,
  });
}
