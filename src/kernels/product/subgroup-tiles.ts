/** Matrix products by subgroups: which tiles there are. */
import type { DeviceProfile } from '../../core/limits.ts';

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
export const TILES_OF_4 = [columns(16, 2), columns(25, 2), columns(8, 2), rows(8, 4), rows(8, 6)];
/** The same of 8 lanes and more. */
export const TILES_OF_MORE = [columns(25, 1), columns(16, 1), columns(8, 1), columns(4, 1), rows(4, 4), rows(4, 6)];

/** All of them. */
export const SUBGROUP_TILES: readonly SubgroupTile[] = [...TILES_OF_MORE, ...TILES_OF_4];

/** `subgroup-columns-16x4`: rows × columns per lane. */
export function subgroupName({ lanes, rows: count, quads }: SubgroupTile): string {
  return `subgroup-${lanes}-${count}x${4 * quads}`;
}

/** True for a software adapter without them: what is large takes it long to compile, and runs no faster. */
export function lacksSubgroups(device: DeviceProfile): boolean {
  return device.adapterClass === 'software' && !hasSubgroups(device);
}

/** True for a device with subgroups of one size. */
export function hasSubgroups(device: DeviceProfile | undefined): boolean {
  return device?.subgroupSize !== undefined && device.features.includes('subgroups');
}
