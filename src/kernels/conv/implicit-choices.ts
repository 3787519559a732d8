/** The tiles of the implicit kernels that are worth trying, and how fast they were. */
import type { TiledChoice } from '../product/tiled.ts';
import type { ColumnTile } from './implicit-columns.ts';
import type { StripTile } from './implicit-strip.ts';

/** Adapters by the lanes of a subgroup: eight or more (lavapipe), or fewer (SwiftShader). */
type ByLanes<T> = { readonly wide: T; readonly narrow: T };

/**
 * Lanes with channels of their own. Speeds are GFLOP/s of 3×3 convolutions of 28²×128 on two cores (lavapipe, Mesa 25;
 * SwiftShader 5).
 */
export const SUBGROUP_COLUMNS: readonly { readonly tile: ColumnTile; readonly speed: ByLanes<number> }[] = [
  { tile: { pixels: 25, quads: 1 }, speed: { wide: 50, narrow: 5.4 } },
  { tile: { pixels: 16, quads: 1 }, speed: { wide: 49, narrow: 5.2 } },
  { tile: { pixels: 16, quads: 2 }, speed: { wide: 39, narrow: 6.5 } },
  { tile: { pixels: 25, quads: 2 }, speed: { wide: 39, narrow: 7 } },
  { tile: { pixels: 16, quads: 4 }, speed: { wide: 28, narrow: 7.1 } },
];

/** The tiles that most layers take, by adapter, so that their pipelines are there already: they serve every window. */
export const COMMON_COLUMNS: ByLanes<ColumnTile> = { wide: { pixels: 25, quads: 1 }, narrow: { pixels: 16, quads: 2 } };

/**
 * How many times as fast as the common tile another one has to be: each is one more pipeline to compile, which takes 0.2
 * to 0.7 s, and a strip one more for every window. ResNet-18 gains 10 ms a run from having three more.
 */
export const COMPILE_CHARGE = 1.5;

/**
 * Speed of a strip where most input columns are used twice and more (3×3 at stride 1), where they are not (3×3 at
 * stride 2), and where channels are read one by one (7×7 and 3×3 at stride 2 on three channels). These last
 * unroll so much that compiling counts, 0.2 to 4 s for a network's one such layer: theirs is the speed of a hundred runs
 * with it shared out among them.
 */
interface StripSpeed {
  readonly reuse: number;
  readonly alone: number;
  readonly single: number;
}

const strip = (pixels: number, quads: number): StripTile => ({ pixels, quads, subgroups: true });
const speed = (reuse: number, alone: number, single: number): StripSpeed => ({ reuse, alone, single });

/** Lanes with pixels of their own. */
export const SUBGROUP_STRIPS: readonly { readonly tile: StripTile; readonly speed: ByLanes<StripSpeed> }[] = [
  { tile: strip(7, 4), speed: { wide: speed(38, 31, 5), narrow: speed(8.2, 6, 1) } },
  { tile: strip(8, 4), speed: { wide: speed(37, 28, 4.5), narrow: speed(8.3, 5.8, 1) } },
  { tile: strip(7, 2), speed: { wide: speed(40, 21, 10), narrow: speed(7.3, 5, 1.9) } },
  { tile: strip(4, 2), speed: { wide: speed(37, 20, 11), narrow: speed(5.7, 4, 2) } },
  { tile: strip(2, 4), speed: { wide: speed(10, 10, 5), narrow: speed(2, 2, 1) } },
  { tile: strip(7, 1), speed: { wide: speed(32, 18, 7.6), narrow: speed(5.9, 3.5, 1.5) } },
];

/** Without subgroups, from large to small. */
export const REGISTER_STRIPS: readonly StripTile[] = [
  { pixels: 7, quads: 2, subgroups: false },
  { pixels: 7, quads: 1, subgroups: false },
];

const tile = (tileRows: number, tileColumns: number, tileDepth: number, rows: number, quads: number): TiledChoice => {
  return { tileRows, tileColumns, tileDepth, rows, quads, splits: 1 };
};

/** Through workgroup memory, from large to small; within the limits that every device has. */
export const CONV_TILES: readonly TiledChoice[] = [
  tile(128, 128, 16, 8, 2),
  tile(64, 64, 16, 4, 1),
  tile(32, 32, 32, 4, 1),
  { ...tile(32, 32, 32, 4, 1), splits: 4 },
  { ...tile(32, 32, 32, 4, 1), splits: 16 },
];
