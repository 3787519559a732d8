/**
 * PRelu with a slope that broadcasts.
 *
 * Layout: x, the slope and y are addressed as shaders/lib/broadcast.ts says.
 * Bindings: x read, slope read f32, y read_write (scalar, or vec4 when width is 4; x and y f32 or f16); in place no x.
 * Workgroup: 64 × 1 × 1, one element or vector per invocation.
 * Dispatch: dispatch1d(count, 64).
 * Spec: broadcast; stored, the element types of x, slope and y in memory; inPlace.
 * Limits: no workgroup storage.
 */
import type { FloatStorage } from '../../src/core/storage.ts';
import { broadcastFields, broadcastLoads, operandElement, outputIndex, type BroadcastSpec } from '../lib/broadcast.ts';
import { linearIndex } from '../lib/index.ts';
import { shaderModule, wgsl, type ShaderModule } from '../lib/module.ts';
import { vectorType } from '../lib/numbers.ts';

/** Invocations per workgroup. */
export const P_RELU_WORKGROUP = 64;

/** Operand names: those of their parameters, too. */
export const P_RELU_OPERANDS = ['x', 'slope'] as const;

export interface PReluSpec {
  readonly broadcast: BroadcastSpec;
  readonly stored: readonly [x: FloatStorage, slope: FloatStorage, y: FloatStorage];
  readonly inPlace: boolean;
}

export function pReluShader({ broadcast, stored, inPlace }: PReluSpec): ShaderModule {
  const [xType, slopeType, yType] = stored;
  const element = vectorType(yType, broadcast.width);
  return shaderModule({
    bindings: [
      ...(inPlace ? [] : [{ name: 'x', access: 'read', element: operandElement(broadcast, 0, xType) } as const]),
      { name: 'slope', access: 'read', element: operandElement(broadcast, 1, slopeType) },
      { name: 'y', access: 'read_write', element },
    ],
    params: broadcastFields(broadcast, P_RELU_OPERANDS),
    workgroupSize: [P_RELU_WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(P_RELU_WORKGROUP)}
  if (i >= params.count) { return; }
  ${broadcastLoads(broadcast, P_RELU_OPERANDS, ['f32', 'f32'], [inPlace ? 'y' : 'x', 'slope'])}
  y[${outputIndex(broadcast)}] = ${element}(select(x_v, x_v * slope_v, x_v < ${vectorType('f32', broadcast.width)}()));`,
  });
}
