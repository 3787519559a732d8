/** Convolution by strips of output pixels in registers: the tiles there are, and when one applies. */
import { convImplicitStripShader } from '../../../shaders/conv/implicit-strip.ts';
import { stripDepth, type StripInput } from '../../../shaders/lib/strip.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv, product, range } from '../../util/arrays.ts';
import { dispatch1d } from '../definition.ts';
import { LEAST_USE, outVectorOf, readsVectors, usedPart, type ConvCall } from './implicit-plan.ts';
import { packedWeights, panelVectors, type PackedOrder } from './implicit-weights.ts';
import type { ConvPlan } from './shared.ts';

/** What one invocation makes, and how it reads. */
export interface StripTile {
  readonly pixels: number;
  readonly quads: number;
  /** Shares weights within a subgroup. */
  readonly subgroups: boolean;
}

/** Part of the work of a tile that is not wasted on pixels and channels past the end. */
export function stripUse({ params, groupOut }: ConvPlan, { pixels, quads }: StripTile): number {
  return usedPart(params.out_w, pixels) * usedPart(groupOut, 4 * quads);
}

/** Input columns that a strip sees. */
export function columnsSeen({ spec }: ConvPlan, { pixels }: StripTile): number {
  const [taps, stride, dilation] = [spec.kernel[1], spec.strides[1], spec.dilations[1]];
  return new Set(range(pixels).flatMap((p) => range(taps).map((tap) => p * stride + tap * dilation))).size;
}

/** Vector multiply-adds of one step, all of them in the text: more take seconds to compile. */
const LARGEST_STEP = 1100;

/**
 * Input columns of a step: where each lies, and whether inside, is kept all along. 29 and 35 of them (3×5 at stride 4,
 * 11×11 at stride 4, 7 pixels wide) SwiftShader had not compiled after a minute; 23 of 11×11 take it 6.7 s.
 */
const MOST_COLUMNS = 22;

/** Invocations of a workgroup without subgroups, as for products (kernels/product/registers.ts). */
const WORKGROUP = { software: 16, other: 64 };

/** Invocations of a workgroup; nothing where the tile needs subgroups that the device lacks. */
function sizeOf({ subgroups }: StripTile, { features, subgroupSize, adapterClass, limits }: DeviceProfile) {
  if (!subgroups) return adapterClass === 'software' ? WORKGROUP.software : WORKGROUP.other;
  const fits = subgroupSize !== undefined && subgroupSize <= limits.maxComputeInvocationsPerWorkgroup;
  return fits && features.includes('subgroups') ? subgroupSize : undefined;
}

/** How the work of a convolution is shared out. */
interface StripGrid {
  readonly input: StripInput;
  readonly size: number;
  readonly order: PackedOrder;
  /** Blocks of channels of a group, strips of a row, and strips of all rows. */
  readonly blocks: number;
  readonly strips: number;
  readonly count: number;
  readonly workgroups: readonly [number, number, number];
}

function gridOf(plan: ConvPlan, tile: StripTile, device: DeviceProfile): StripGrid | undefined {
  const { spec, batch, params, group, groupOut } = plan;
  const { pixels, quads, subgroups } = tile;
  const input: StripInput = readsVectors(plan) ? 'vectors' : 'scalars';
  const size = sizeOf(tile, device);
  if (size === undefined || stripUse(plan, tile) < LEAST_USE) return undefined;
  const [lines, taps] = spec.kernel;
  const depth = stripDepth(input);
  if (product([pixels, quads, depth, taps]) > LARGEST_STEP || columnsSeen(plan, tile) > MOST_COLUMNS) return undefined;
  const blocks = ceilDiv(ceilDiv(groupOut, 4), quads);
  const panels = subgroups ? { quads, panels: blocks } : { quads: blocks * quads, panels: 1 };
  const strips = ceilDiv(params.out_w, pixels);
  const count = batch * params.out_h * strips;
  const columns = group * blocks;
  const workgroups = subgroups
    ? ([columns, ceilDiv(count, size), 1] as const)
    : dispatch1d(columns * count, size, device);
  if (workgroups.some((n) => n > device.limits.maxComputeWorkgroupsPerDimension)) return undefined;
  return { input, size, order: { lines, taps, depth, ...panels }, blocks, strips, count, workgroups };
}

/** The dispatch of a convolution with a tile, where it applies. */
export function stripCalls(
  device: DeviceProfile,
  tile: StripTile,
  plan: ConvPlan | undefined,
): readonly ConvCall[] | undefined {
  const grid = plan && gridOf(plan, tile, device);
  const weights = grid && packedWeights(plan, grid.order, device);
  if (!plan || !grid || !weights) return undefined;
  const { spec, params, group, groupIn, groupOut, epilogue, xType, wType, xParams } = plan;
  const { input, size, order, blocks, strips, count, workgroups } = grid;
  const { pixels, quads, subgroups } = tile;
  const outVector = outVectorOf(plan);
  const rolled = device.adapterClass === 'software';
  return [
    {
      shader: convImplicitStripShader({
        window: spec,
        pixels,
        quads,
        input,
        subgroups,
        size,
        outVector,
        rolled,
        xType,
        wType,
        ...epilogue.spec,
      }),
      operands: [...plan.operands.slice(0, 1), weights, ...epilogue.operands],
      params: {
        ...params,
        ...xParams,
        count,
        strips,
        blocks,
        columns: group * blocks,
        group_in: groupIn,
        group_out: groupOut,
        kernel_h: order.lines,
        steps: ceilDiv(groupIn, order.depth),
        panel: panelVectors(plan, order),
        row_quads: order.quads,
        ...(rolled ? { sums: pixels * quads } : {}),
        ...epilogue.params,
      },
      workgroups,
    },
  ];
}
