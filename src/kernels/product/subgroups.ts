/** Matrix products by subgroups: which tiles there are, when one applies, and what it costs. */
import { subgroupBlock, subgroupProductShader } from '../../../shaders/product/subgroups.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv } from '../../util/arrays.ts';
import {
  batchesOf,
  loadCost,
  loadsPerRow,
  productOperands,
  productSpec,
  productValues,
  vectorColumns,
  type Columns,
  type Product,
  type ProductCall,
} from './product.ts';

/** How one subgroup shares out its part of the result; see shaders/product/subgroups.ts. */
export interface SubgroupTile {
  readonly lanes: 'columns' | 'rows';
  /** Rows and column quads per lane. */
  readonly rows: number;
  readonly quads: number;
}

const columns = (rows: number, quads: number): SubgroupTile => ({ lanes: 'columns', rows, quads });
const rows = (count: number, quads: number): SubgroupTile => ({ lanes: 'rows', rows: count, quads });

/**
 * The tiles worth trying, by the sizes of subgroups. 25 rows, because maps of 7, 14, 28 and 56 pixels square have little
 * more than a multiple of 25; lanes across rows, for results too narrow to give every lane a column. With 8 lanes
 * (lavapipe) more than 25 sums are spilled at a loss: 784×256×512 runs at 43 GFLOP/s with 25x4 and 39 with 25x8; with 4
 * (SwiftShader) it is 5.2 and 6.3. There 16x8 comes first: it compiles in half the time of 25x8, and MobileNet v2 takes
 * 153 ms with it instead of 148.
 */
const TILES_OF_4 = [columns(16, 2), columns(25, 2), columns(8, 2), rows(8, 4), rows(8, 6)];
const TILES_OF_MORE = [columns(25, 1), columns(16, 1), columns(8, 1), columns(4, 1), rows(4, 4), rows(4, 6)];

/**
 * Which measurements hold for a software adapter: those of lavapipe, whose subgroups have eight lanes or more, or those
 * of SwiftShader.
 */
export function lanesOf({ subgroupSize = 8 }: Pick<DeviceProfile, 'subgroupSize'>): 'wide' | 'narrow' {
  return subgroupSize >= 8 ? 'wide' : 'narrow';
}

/** The tile of each list that suits most layers. */
const COMMON: readonly SubgroupTile[] = [TILES_OF_4[0], TILES_OF_MORE[0]].filter((tile) => tile !== undefined);

/** True for the tile that most layers of a network take anyway, so that its pipeline is there already. */
export function isCommon(tile: SubgroupTile): boolean {
  return COMMON.includes(tile);
}

/** All of them. */
export const SUBGROUP_TILES: readonly SubgroupTile[] = [...TILES_OF_MORE, ...TILES_OF_4];

/** `subgroup-columns-16x4`: rows × columns per lane. */
export function subgroupName({ lanes, rows: count, quads }: SubgroupTile): string {
  return `subgroup-${lanes}-${count}x${4 * quads}`;
}

/** A product for subgroups of a known size. */
export interface SubgroupPlan {
  readonly device: DeviceProfile;
  readonly size: number;
  readonly blocks: readonly Columns[];
}

/** Below this part of a block's lanes and rows in use another tile is always better. */
const LEAST_USE = 0.4;

/**
 * The plan of a product for a tile, where the device has subgroups of one size and the tile is not too large for it: at
 * least this part of its lanes and rows must be in use.
 */
export function subgroupPlan(
  p: Product,
  tile: SubgroupTile,
  device: DeviceProfile,
  leastUse = LEAST_USE,
): SubgroupPlan | undefined {
  const size = device.subgroupSize;
  if (!device.features.includes('subgroups') || size === undefined) return undefined;
  if (size > device.limits.maxComputeInvocationsPerWorkgroup) return undefined;
  if (!(size <= 4 ? TILES_OF_4 : TILES_OF_MORE).includes(tile)) return undefined;
  const block = subgroupBlock({ ...tile, size });
  if (usedPart(p.rows, block.rows) * usedPart(p.columns, block.columns) < leastUse) return undefined;
  const blocks = vectorColumns(p, device);
  if (!blocks) return undefined;
  const limit = device.limits.maxComputeWorkgroupsPerDimension;
  const groups = [ceilDiv(p.columns, block.columns), ceilDiv(p.rows, block.rows), batchesOf(p)];
  return groups.every((n) => n <= limit) ? { device, size, blocks } : undefined;
}

function usedPart(extent: number, block: number): number {
  return extent / (ceilDiv(extent, block) * block);
}

/** The dispatches of a product: one, or one for each block of columns. */
export function subgroupCalls(p: Product, tile: SubgroupTile, { device, size, blocks }: SubgroupPlan): ProductCall[] {
  const block = subgroupBlock({ ...tile, size });
  return blocks.map((part) => ({
    shader: subgroupProductShader({ ...productSpec(p, part), ...tile, size }),
    operands: productOperands(p, part, device),
    params: { ...productValues(p, part), tile_rows: tile.rows, tile_quads: tile.quads },
    workgroups: [ceilDiv(part.width, block.columns), ceilDiv(p.rows, block.rows), batchesOf(p)],
  }));
}

/** Estimated time of a product with a tile, in vector multiply-adds. */
export function subgroupCost(p: Product, tile: SubgroupTile, { size }: Pick<SubgroupPlan, 'size'>): number {
  const block = subgroupBlock({ ...tile, size });
  const load = loadCost(size);
  const perRow = loadsPerRow(p);
  const loads =
    tile.lanes === 'columns'
      ? Math.ceil((tile.rows * perRow) / size) + 4 * tile.quads
      : tile.rows * perRow + Math.ceil((4 * tile.quads) / size);
  const sums = tile.rows * tile.quads;
  // Each step adds four depths; at the end every sum is stored, which costs as much as a load.
  const perBlock = ceilDiv(p.depth, 4) * (16 * sums + load * loads) + load * sums;
  return batchesOf(p) * ceilDiv(p.rows, block.rows) * ceilDiv(p.columns, block.columns) * perBlock;
}
