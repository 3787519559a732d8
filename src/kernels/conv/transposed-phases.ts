/** Transposed convolution by phases, on the processor's lanes and in registers: the tiles, when one applies, and which is first. */
import { convTransposedColumnsShader } from '../../../shaders/conv/transposed-columns.ts';
import {
  convTransposedDepthwiseShader,
  TRANSPOSED_DEPTHWISE_WORKGROUP,
} from '../../../shaders/conv/transposed-depthwise.ts';
import { convTransposedRowsShader } from '../../../shaders/conv/transposed-rows.ts';
import { ceilDiv, product } from '../../util/arrays.ts';
import { value, type KernelCall } from '../definition.ts';
import { hasSubgroups } from '../product/subgroup-tiles.ts';
import type { ColumnTile } from './implicit-columns.ts';
import {
  phaseWeights,
  transposedOperands,
  transposedPlan,
  transposedSpec,
  type TransposedContext,
  type TransposedPlan,
} from './transposed-plan.ts';

/** One dispatch without the name of its variant. */
export type TransposedCall = Omit<KernelCall, 'variant'>;

type Calls = readonly TransposedCall[] | undefined;

function usedPart(extent: number, block: number): number {
  return extent / (ceilDiv(extent, block) * block);
}

function fits(context: TransposedContext, workgroups: readonly number[]): boolean {
  return workgroups.every((n) => n <= context.device.limits.maxComputeWorkgroupsPerDimension);
}

/** Below this part of the lanes' channels in use lanes with pixels of their own are better. */
const LEAST_USE = 0.4;

/** The dispatch by subgroups whose lanes have channels of their own. */
export function transposedColumnCalls(context: TransposedContext, tile: ColumnTile): Calls {
  const { subgroupSize: size } = context.device;
  const plan = transposedPlan(context);
  if (!plan || size === undefined || !hasSubgroups(context.device)) return undefined;
  if (size > context.device.limits.maxComputeInvocationsPerWorkgroup) return undefined;
  if (usedPart(plan.groupOut, 4 * tile.quads * size) < LEAST_USE) return undefined;
  const weights = phaseWeights(context, plan);
  if (!weights) return undefined;
  const blocks = ceilDiv(weights.quads, tile.quads * size);
  const workgroups = [plan.group * blocks, Math.max(1, ceilDiv(plan.pixels, tile.pixels)), plan.phases] as const;
  if (!fits(context, workgroups)) return undefined;
  return [
    {
      shader: convTransposedColumnsShader({ ...tile, size, ...transposedSpec(plan) }),
      operands: transposedOperands(context, plan, weights),
      params: { ...weights.params, blocks, tile_pixels: tile.pixels, ...plan.epilogue.params },
      workgroups,
    },
  ];
}

/** Pixels × quads of an invocation, and whether its subgroup shares the weights. */
export interface RowTile extends ColumnTile {
  readonly subgroups: boolean;
}

/** Invocations of a workgroup without subgroups, as for other convolutions in registers. */
const WORKGROUP = { software: 16, other: 64 };

/** The dispatch by invocations with pixels of their own. */
export function transposedRowCalls(context: TransposedContext, tile: RowTile): Calls {
  const { device } = context;
  const plan = transposedPlan(context);
  const size = tile.subgroups
    ? device.subgroupSize
    : WORKGROUP[device.adapterClass === 'software' ? 'software' : 'other'];
  if (!plan || size === undefined || (tile.subgroups && !hasSubgroups(device))) return undefined;
  if (size > device.limits.maxComputeInvocationsPerWorkgroup) return undefined;
  if (usedPart(plan.groupOut, 4 * tile.quads) < LEAST_USE / 2) return undefined;
  const weights = phaseWeights(context, plan);
  if (!weights) return undefined;
  const blocks = ceilDiv(weights.quads, tile.quads);
  const columns = plan.group * blocks;
  const runs = Math.max(1, ceilDiv(plan.pixels, tile.pixels * (tile.subgroups ? size : 1)));
  const workgroups = tile.subgroups
    ? ([columns, runs, plan.phases] as const)
    : ([ceilDiv(columns * runs, size), 1, plan.phases] as const);
  if (!fits(context, workgroups)) return undefined;
  return [
    {
      shader: convTransposedRowsShader({ ...tile, size, ...transposedSpec(plan) }),
      operands: transposedOperands(context, plan, weights),
      params: { ...weights.params, blocks, columns, ...plan.epilogue.params },
      workgroups,
    },
  ];
}

/** Outputs of a strip of a depthwise one. */
const STRIP = 4;

/** The dispatch of a depthwise one, whatever its weights. */
export function transposedDepthwiseCalls(context: TransposedContext): Calls {
  const plan = transposedPlan(context);
  if (!plan || plan.groupIn !== 1 || plan.groupOut !== 1) return undefined;
  const { xVector, epilogue, outC, params, axes, xType, wType, phases } = plan;
  const width = xVector && epilogue.vector && outC % 4 === 0 ? 4 : 1;
  const blocks = outC / width;
  const workgroups = [Math.max(1, ceilDiv(lanesOf(plan) * blocks, TRANSPOSED_DEPTHWISE_WORKGROUP)), 1, phases] as const;
  if (!fits(context, workgroups)) return undefined;
  const slides = params['shift_w'] === 1 && axes.length > 0;
  return [
    {
      shader: convTransposedDepthwiseShader({ pixels: STRIP, width, slides, xType, wType, ...epilogue.spec }),
      operands: [value(context.node.inputs[0]), value(context.node.inputs[1]), ...epilogue.operands],
      params: { ...params, blocks, ...epilogue.params },
      workgroups,
    },
  ];
}

/** Strips of the largest phase. */
function lanesOf({ axes, batch }: TransposedPlan): number {
  const extents = axes.map(({ output, stride }) => ceilDiv(output, stride));
  return batch * product(extents.map((extent, i) => (i === extents.length - 1 ? ceilDiv(extent, STRIP) : extent)));
}
