/**
 * y = condition ? a : b, elementwise with broadcasting.
 *
 * Layout: y is dense; the operands are addressed as shaders/lib/broadcast.ts says. a and b move as bits.
 * Bindings: 0 condition read i32, 1 a read u32, 2 b read u32, 3 y read_write u32 (vec4 where width is 4).
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: a BroadcastSpec.
 * Limits: no workgroup storage.
 */
import { broadcastFields, broadcastLoads, operandElement, type BroadcastSpec } from '../lib/broadcast.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const WHERE_WORKGROUP = 64;

/** Operand names, in binding order: those of their parameters, too. */
export const WHERE_OPERANDS = ['condition', 'a', 'b'] as const;

export function whereShader(spec: BroadcastSpec): ShaderModule {
  return shaderModule({
    bindings: [
      { name: 'condition', access: 'read', element: operandElement(spec, 0, 'i32') },
      { name: 'a', access: 'read', element: operandElement(spec, 1, 'u32') },
      { name: 'b', access: 'read', element: operandElement(spec, 2, 'u32') },
      { name: 'y', access: 'read_write', element: vectorType('u32', spec.width) },
    ],
    params: broadcastFields(spec, WHERE_OPERANDS),
    workgroupSize: [WHERE_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(WHERE_WORKGROUP)}
  if (i >= params.count) { return; }
  ${broadcastLoads(spec, WHERE_OPERANDS, ['i32', 'u32', 'u32'])}
  y[i] = select(b_v, a_v, condition_v != ${vectorType('i32', spec.width)}(0));`,
  });
}
