/** Matrix products by subgroups: when a tile applies, and what runs it. */
import { subgroupBlock, subgroupProductShader } from '../../../shaders/product/subgroups.ts';
import { largestBinding, type DeviceProfile } from '../../core/limits.ts';
import { bytesOf } from '../../core/storage.ts';
import { ceilDiv, roundUp } from '../../util/arrays.ts';
import {
  batchesOf,
  bVector,
  plainColumns,
  productOperands,
  productSpec,
  productValues,
  type Columns,
  type Product,
  type ProductCall,
} from './product.ts';
import { hasSubgroups, TILES_OF_4, TILES_OF_MORE, type SubgroupTile } from './subgroup-tiles.ts';

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
  if (size === undefined || !hasSubgroups(device)) return undefined;
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

/**
 * The columns with b in vectors: as they are where that will do, else from a copy with padded rows, made once. Nothing
 * where b is no constant, or too large for a copy.
 */
function vectorColumns(p: Product, device: DeviceProfile): Columns[] | undefined {
  const plain = plainColumns(p, device);
  if (plain.every((columns) => bVector(p, columns) === 4)) return plain;
  const pitch = roundUp(p.columns, 4);
  const fits = bytesOf('f32', p.depth * pitch) <= largestBinding(device);
  if (!p.constantB || p.bType === 'i32' || plain.length > 1 || p.batch.length > 0 || !fits) return undefined;
  return [{ source: 'padded', transB: false, pitch, first: 0, width: p.columns }];
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

/** What a device with subgroups loads. */
export const subgroupKernels = { plan: subgroupPlan, calls: subgroupCalls };
