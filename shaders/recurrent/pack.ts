/**
 * The weights r of a recurrent network, in the order in which its kernels read them: vectors of four units.
 *
 * Layout: source [D, gates·H, H]; packed [D, 4·quads, gates, quads] vectors: for unit k of the state and each gate the factors
 * of all units, zero where there is none.
 * Bindings: source read, packed read_write.
 * Workgroup: 64 × 1 × 1, one vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: none.
 * Limits: none.
 */
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';

/** Invocations per workgroup. */
export const RECURRENT_PACK_WORKGROUP = 64;

export function recurrentPackShader(): ShaderModule {
  const lanes = range(4).map(
    (q) => wgsl`
    if (unit + ${u32(q)} < params.units) { v[${u32(q)}] = source[first + ${u32(q)} * params.units]; }`,
  );
  return shaderModule({
    bindings: [
      { name: 'source', access: 'read', element: 'f32' },
      { name: 'packed', access: 'read_write', element: 'vec4<f32>' },
    ],
    params: { count: 'u32', units: 'u32', quads: 'u32', gates: 'u32' },
    workgroupSize: [RECURRENT_PACK_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(RECURRENT_PACK_WORKGROUP)}
  if (i >= params.count) { return; }
  let unit = i % params.quads * 4u;
  let gate = i / params.quads % params.gates;
  let row = i / (params.quads * params.gates);
  let k = row % (4u * params.quads);
  let d = row / (4u * params.quads);
  let first = ((d * params.gates + gate) * params.units + unit) * params.units + k;
  var v = vec4<f32>();
  if (k < params.units) {${lanes.join('')}
  }
  packed[i] = v;`,
  });
}
