/** Matrix products on software adapters: what they cost there, and which to prefer. Loaded for these, and by Winograd's. */
import { subgroupBlock } from '../../../shaders/product/subgroups.ts';
import type { VectorTile } from '../../../shaders/product/vector.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { batchesOf, loadsPerRow, type Product } from './product.ts';
import { fitsRegisters, REGISTER_TILES, registerName, REGISTER_WORKGROUP, type RegisterTile } from './registers.ts';
import { subgroupPlan, type SubgroupPlan } from './subgroup-products.ts';
import {
  hasSubgroups,
  lacksSubgroups,
  SUBGROUP_TILES,
  subgroupName,
  TILES_OF_4,
  TILES_OF_MORE,
  type SubgroupTile,
} from './subgroup-tiles.ts';
import { VECTOR_CHOICES, vectorName, vectorTile } from './vector.ts';

/** The tile of each list that suits most layers. */
const COMMON: readonly SubgroupTile[] = [TILES_OF_4[0], TILES_OF_MORE[0]].filter((tile) => tile !== undefined);

/** True for the tile that most layers of a network take anyway, so that its pipeline is there already. */
export function isCommon(tile: SubgroupTile): boolean {
  return COMMON.includes(tile);
}

/**
 * What a load instruction costs on a software adapter, in vector multiply-adds, by its lanes: fitted to products of
 * 784×256×512 over six tiles, within 5 %. lavapipe (8 lanes) walks the lanes of a load one by one, whatever its width
 * and address; SwiftShader (4) does less for each.
 */
function loadCost(lanes: number): number {
  return lanes <= 4 ? 5 : 23.5;
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

/**
 * Lanes that read b at different depths touch a page each, unless b is transposed: 240×960 takes 1.5 times as long as
 * with lanes along the columns, on lavapipe.
 */
const SCATTERED_READS = 1.5;

/** Estimated time of a product with a tile on a software adapter, in the unit of `subgroupCost`. */
function vectorCost(p: Product, { rows, slices, quads }: VectorTile): number {
  const load = loadCost(slices) * (p.transB ? 1 : SCATTERED_READS);
  const steps = ceilDiv(p.depth, 4 * slices);
  // The sum over the lanes takes about as long as storing it.
  const perGroup = steps * (16 * rows + load * (4 + rows * loadsPerRow(p))) + 2 * load * rows;
  return batchesOf(p) * ceilDiv(p.rows, rows) * ceilDiv(ceilDiv(p.columns, 4), quads) * perGroup;
}

/**
 * Tiles to choose from by their cost. A software adapter without subgroups compiles the largest for 1.4 s, four times as long
 * as the next, which is as fast there (5.7 ms of processor time for 28²×128 on lavapipe).
 */
export function registerTiles(p: Product, device: DeviceProfile): RegisterTile[] {
  return REGISTER_TILES.filter((tile) => fitsRegisters(p, tile) && (tile.quads < 2 || !lacksSubgroups(device)));
}

/** Cores of a modest computer: with fewer workgroups some have nothing to do. */
const CORES = 4;

/** Estimated time of a product with a tile on a software adapter, in the unit of `subgroupCost`. */
export function registerCost(p: Product, { rows, quads }: RegisterTile, device: DeviceProfile): number {
  const lanes = device.subgroupSize ?? 8;
  const load = loadCost(lanes);
  const tiles = batchesOf(p) * ceilDiv(p.rows, rows) * ceilDiv(ceilDiv(p.columns, 4), quads);
  const loads = rows * loadsPerRow(p) + 4 * quads;
  const idle = Math.max(1, CORES / ceilDiv(tiles, REGISTER_WORKGROUP.software));
  return (
    idle * ceilDiv(tiles, lanes) * (ceilDiv(p.depth, 4) * (16 * rows * quads + load * loads) + load * rows * quads)
  );
}

/**
 * How many times as fast as the common tile another one has to be: software adapters take 0.2 to 0.7 s to compile one
 * more pipeline, and MobileNet v2 gains 2 ms a run from having two more. The tuner is free to choose otherwise.
 */
const COMPILE_CHARGE = 3;

/** By the estimated time: loads cost the most, and a subgroup saves loads. */
export function softwarePreference(p: Product, device: DeviceProfile): string[] {
  const subgroups = (hasSubgroups(device) ? SUBGROUP_TILES : []).flatMap((tile) => {
    const plan = subgroupPlan(p, tile, device);
    const charge = isCommon(tile) ? 1 : COMPILE_CHARGE;
    return plan ? [{ name: subgroupName(tile), cost: charge * subgroupCost(p, tile, plan) }] : [];
  });
  const vectors = VECTOR_CHOICES.flatMap((choice) => {
    const tile = vectorTile(p, choice, device);
    return tile?.subgroup ? [{ name: vectorName(choice), cost: COMPILE_CHARGE * vectorCost(p, tile) }] : [];
  });
  const registers = registerTiles(p, device).map((tile) => {
    return { name: registerName(tile), cost: COMPILE_CHARGE * registerCost(p, tile, device) };
  });
  return [...subgroups, ...vectors, ...registers].sort((a, b) => a.cost - b.cost).map(({ name }) => name);
}
