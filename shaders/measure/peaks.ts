/**
 * Kernels that do one thing as fast as the device can: arithmetic, moving memory, nothing. What profiles measure peaks
 * with; no network runs them.
 *
 * Layout: dense vectors.
 * Bindings: arithmetic: 0 y read_write vec4<f32>; copy: 0 x read, 1 y read_write; triad: 0 x read, 1 z read, 2 y
 * read_write; nothing: 0 y read_write f32.
 * Workgroup: 64 × 1 × 1; `nothing` 1 × 1 × 1.
 * Dispatch: arithmetic: any number of workgroups, each invocation writes one vector at its index modulo `count`. Copy and
 * triad: dispatch1d(vectors / perInvocation, 64), which must divide evenly; the vectors of an invocation are `stride`
 * apart. Nothing: one workgroup.
 * Spec: arithmetic: independent chains of multiply-adds on vec4, and their length in one turn of the loop; memory: pattern and vectors per
 * invocation.
 * Limits: no workgroup storage.
 */
import { range } from '../../src/util/arrays.ts';
import { linearIndex } from '../lib/index.ts';
import { f32, u32 } from '../lib/literal.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';

/** Invocations per workgroup. */
export const PEAK_WORKGROUP = 64;

/** Independent chains of multiply-adds on vec4, and how many of each one turn of the loop does. */
export interface ArithmeticSpec {
  readonly chains: number;
  readonly length: number;
}

/** `steps · length` multiply-adds on each of `chains` vec4, in every invocation. */
export function arithmeticShader({ chains, length }: ArithmeticSpec): ShaderModule {
  const all = range(chains);
  const starts = all.map((c) => `  var a${c} = vec4<f32>(start + ${f32(c)});`).join('\n');
  // Chain after chain within a step: neighbouring instructions do not wait for each other.
  const step = all.map((c) => `    a${c} = fma(a${c}, factor, term);`).join('\n');
  const turn = range(length).map(() => step);
  return shaderModule({
    bindings: [{ name: 'y', access: 'read_write', element: 'vec4<f32>' }],
    params: { steps: 'u32', count: 'u32', factor: 'f32', term: 'f32' },
    workgroupSize: [PEAK_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(PEAK_WORKGROUP)}
  let start = f32(local_index);
  let factor = vec4<f32>(params.factor);
  let term = vec4<f32>(params.term);
${starts}
  for (var s = 0u; s < params.steps; s++) {
${turn.join('\n')}
  }
  y[i % params.count] = ${all.map((c) => `a${c}`).join(' + ')};`,
  });
}

/** y = x, or y = factor·x + z, in vectors of four; `perInvocation` of them each. */
export function memoryShader(pattern: 'copy' | 'triad', perInvocation: number): ShaderModule {
  const triad = pattern === 'triad';
  const value = (at: string): string => (triad ? `params.factor * x[${at}] + z[${at}]` : `x[${at}]`);
  const moves = range(perInvocation).map((k) => {
    const at = k === 0 ? 'i' : `i + ${u32(k)} * params.stride`;
    return `  y[${at}] = ${value(at)};`;
  });
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element: 'vec4<f32>' },
      ...(triad ? [{ name: 'z', access: 'read', element: 'vec4<f32>' } as const] : []),
      { name: 'y', access: 'read_write', element: 'vec4<f32>' },
    ],
    params: triad ? { stride: 'u32', factor: 'f32' } : { stride: 'u32' },
    workgroupSize: [PEAK_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(PEAK_WORKGROUP)}
  if (i >= params.stride) { return; }
${moves.join('\n')}`,
  });
}

/** One invocation that writes one element: all that is left is what a dispatch costs by itself. */
export function nothingShader(): ShaderModule {
  return shaderModule({
    bindings: [{ name: 'y', access: 'read_write', element: 'f32' }],
    params: {},
    workgroupSize: [1, 1, 1],
    body: wgsl`  y[0] = 1.0;`,
  });
}
