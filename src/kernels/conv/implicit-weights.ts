/** Weights of a convolution as the implicit kernels read them, made once, when the plan is loaded. */
import { convImplicitPackShader, IMPLICIT_PACK_WORKGROUP } from '../../../shaders/conv/implicit-pack.ts';
import { largestBinding, type DeviceProfile } from '../../core/limits.ts';
import { bytesOf } from '../../core/storage.ts';
import { ceilDiv, product } from '../../util/arrays.ts';
import { dispatch1d, type PreparedOperand } from '../definition.ts';
import type { ConvPlan } from './shared.ts';

/** The order of the vectors; see shaders/conv/implicit-pack.ts. */
export interface PackedOrder {
  /** Positions of the kernel, as lines × taps. */
  readonly lines: number;
  readonly taps: number;
  /** Input channels that one step multiplies. */
  readonly depth: number;
  /** Quads of output channels of a panel, and panels of a group. */
  readonly quads: number;
  readonly panels: number;
}

/** Vectors of one panel. */
export function panelVectors({ groupIn }: ConvPlan, { lines, taps, depth, quads }: PackedOrder): number {
  return product([lines, taps, ceilDiv(groupIn, depth), depth, quads]);
}

/** The weights in this order. Nothing where they are no constant, or the device cannot bind them so. */
export function packedWeights(plan: ConvPlan, order: PackedOrder, device: DeviceProfile): PreparedOperand | undefined {
  const { group, groupIn, groupOut, params, wType, weights: source } = plan;
  const count = group * order.panels * panelVectors(plan, order);
  const bytes = bytesOf(wType, count * 4);
  if (!source || wType === 'i32' || bytes > largestBinding(device)) return undefined;
  const { lines, taps, depth, quads } = order;
  return {
    kind: 'prepared',
    source,
    key: `implicit ${[lines, taps, depth, quads, group].join('×')}, ${wType}`,
    elements: count * 4,
    storage: wType,
    shader: convImplicitPackShader({ outType: wType }),
    params: {
      ...order,
      count,
      steps: ceilDiv(groupIn, depth),
      group_in: groupIn,
      group_out: groupOut,
      out_c: params.out_c,
    },
    workgroups: dispatch1d(count, IMPLICIT_PACK_WORKGROUP, device),
  };
}
