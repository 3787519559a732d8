/** Convolution by subgroups whose lanes have output channels of their own: the tiles, and when one applies. */
import { convImplicitColumnsShader } from '../../../shaders/conv/implicit-columns.ts';
import { ceilDiv } from '../../util/arrays.ts';
import {
  implicitPlan,
  LEAST_USE,
  outVectorOf,
  pixelsOf,
  readsVectors,
  usedPart,
  type ConvCall,
} from './implicit-plan.ts';
import { windowShape } from '../lib/window.ts';
import { hasSubgroups } from '../product/subgroup-tiles.ts';
import { packedWeights, panelVectors } from './implicit-weights.ts';
import type { ConvContext, ConvPlan } from './shared.ts';

/** What one lane makes. */
export interface ColumnTile {
  readonly pixels: number;
  readonly quads: number;
}

/** Part of the work of a tile that is not wasted on pixels and channels past the end, in subgroups of `size`. */
export function columnUse(plan: ConvPlan, { pixels, quads }: ColumnTile, size: number): number {
  return usedPart(pixelsOf(plan), pixels) * usedPart(plan.groupOut, 4 * quads * size);
}

/** The dispatch of a convolution with a tile, where it applies. */
export function columnCalls(context: ConvContext, tile: ColumnTile): readonly ConvCall[] | undefined {
  const { device } = context;
  const { subgroupSize: size, limits } = device;
  const plan = implicitPlan(context);
  if (!plan || size === undefined || !hasSubgroups(device)) return undefined;
  if (size > limits.maxComputeInvocationsPerWorkgroup || columnUse(plan, tile, size) < LEAST_USE) return undefined;
  const { spec, params, group, groupIn, groupOut, epilogue, xType, wType, xParams } = plan;
  if (!readsVectors(plan)) return undefined;
  const rowQuads = ceilDiv(groupOut, 4);
  const blocks = ceilDiv(rowQuads, tile.quads * size);
  const order = { lines: spec.kernel[0] * spec.kernel[1], taps: 1, depth: 4, quads: rowQuads, panels: 1 };
  const weights = packedWeights(plan, order, device);
  const count = pixelsOf(plan);
  const workgroups = [group * blocks, ceilDiv(count, tile.pixels), 1] as const;
  if (!weights || workgroups.some((n) => n > limits.maxComputeWorkgroupsPerDimension)) return undefined;
  return [
    {
      shader: convImplicitColumnsShader({
        ...tile,
        size,
        outVector: outVectorOf(plan),
        xType,
        wType,
        ...epilogue.spec,
      }),
      operands: [...plan.operands.slice(0, 1), weights, ...epilogue.operands],
      params: {
        ...params,
        ...windowShape(plan),
        ...xParams,
        count,
        blocks,
        group_in: groupIn,
        group_out: groupOut,
        panel: panelVectors(plan, order),
        row_quads: rowQuads,
        tile_pixels: tile.pixels,
        ...epilogue.params,
      },
      workgroups,
    },
  ];
}
