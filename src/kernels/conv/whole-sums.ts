/** Tiles of the product for what is lowered as a convolution, and makes each sum at once. */
import type { DeviceProfile } from '../../core/limits.ts';
import { PRODUCT_TILES, tiledName, type TiledChoice } from '../product/tiled.ts';
import { tiledConvCost } from './implicit-tiled.ts';
import type { ConvPlan } from './shared.ts';

/** Sums that are split would be written by a pass of their own, and patches would be made once more for each part. */
export const WHOLE_SUMS: readonly TiledChoice[] = PRODUCT_TILES.filter(({ splits }) => splits === 1);

/**
 * Names, after `prefix`, of the tiles that `takes` is true of, the fastest first by estimate. None but on GPUs whose workgroup memory is
 * fast, nor without a plan.
 */
export function fastestTiles(
  plan: ConvPlan | undefined,
  device: DeviceProfile,
  prefix: string,
  takes: (tile: TiledChoice) => boolean = () => true,
): readonly string[] {
  if (!plan || (device.adapterClass !== 'discrete' && device.adapterClass !== 'integrated')) return [];
  return WHOLE_SUMS.filter(takes)
    .map((tile) => ({ name: prefix + tiledName(tile), cost: tiledConvCost(plan, tile, device) }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ name }) => name);
}
