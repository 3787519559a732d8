/** Implicit convolutions of devices with subgroups, as they are loaded: what runs them, and how fast software adapters do. */
import type { DeviceProfile } from '../../core/limits.ts';
import { at } from '../../util/arrays.ts';
import { lanesOf } from '../lib/lanes.ts';
import { columnName, stripName, SUBGROUP_COLUMNS, SUBGROUP_STRIPS } from './implicit-choices.ts';
import { columnCalls, columnUse, type ColumnTile } from './implicit-columns.ts';
import { readsVectors } from './implicit-plan.ts';
import { columnsSeen, stripUse, type StripTile } from './implicit-strip.ts';
import type { ConvPlan } from './shared.ts';

/** Adapters by the lanes of a subgroup: eight or more (lavapipe), or fewer (SwiftShader). */
type ByLanes<T> = { readonly wide: T; readonly narrow: T };

/** One for each tile. */
type Each<Tiles extends readonly unknown[], T> = { readonly [I in keyof Tiles]: T };

/** GFLOP/s of 3×3 convolutions of 28²×128 on two cores (lavapipe, Mesa 25; SwiftShader 5). */
const COLUMN_SPEEDS: Each<typeof SUBGROUP_COLUMNS, ByLanes<number>> = [
  { wide: 50, narrow: 5.4 },
  { wide: 49, narrow: 5.2 },
  { wide: 39, narrow: 6.5 },
  { wide: 39, narrow: 7 },
  { wide: 28, narrow: 7.1 },
];

/** The tiles that most layers take, by adapter, so that their pipelines are there already: they serve every window. */
const COMMON_COLUMNS: ByLanes<ColumnTile> = { wide: SUBGROUP_COLUMNS[0], narrow: SUBGROUP_COLUMNS[2] };

/**
 * How many times as fast as the common tile another one has to be: each is one more pipeline to compile, which takes 0.2
 * to 0.7 s, and a strip one more for every window. ResNet-18 gains 10 ms a run from having three more.
 */
const COMPILE_CHARGE = 1.5;

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

const speed = (reuse: number, alone: number, single: number): StripSpeed => ({ reuse, alone, single });

const STRIP_SPEEDS: Each<typeof SUBGROUP_STRIPS, ByLanes<StripSpeed>> = [
  { wide: speed(38, 31, 5), narrow: speed(8.2, 6, 1) },
  { wide: speed(37, 28, 4.5), narrow: speed(8.3, 5.8, 1) },
  { wide: speed(40, 21, 10), narrow: speed(7.3, 5, 1.9) },
  { wide: speed(37, 20, 11), narrow: speed(5.7, 4, 2) },
  { wide: speed(10, 10, 5), narrow: speed(2, 2, 1) },
  { wide: speed(32, 18, 7.6), narrow: speed(5.9, 3.5, 1.5) },
];

/** How often a strip uses each input column that it loads, on average. */
function stripReuse(plan: ConvPlan, tile: StripTile): number {
  return (tile.pixels * plan.spec.kernel[1]) / columnsSeen(plan, tile);
}

/** Names of the tiles by the speed measured on lavapipe or SwiftShader, times the part of the work that is not wasted. */
function bySpeed(plan: ConvPlan, device: DeviceProfile): string[] {
  const { subgroupSize = 0 } = device;
  const adapter = lanesOf(device);
  const common = COMMON_COLUMNS[adapter];
  const columns = COLUMN_SPEEDS.map((measured, i) => {
    const tile = at(SUBGROUP_COLUMNS, i);
    const charge = tile === common ? 1 : COMPILE_CHARGE;
    return { name: columnName(tile), value: (measured[adapter] * columnUse(plan, tile, subgroupSize)) / charge };
  });
  const strips = STRIP_SPEEDS.map((measured, i) => {
    const tile = at(SUBGROUP_STRIPS, i);
    const { reuse, alone, single } = measured[adapter];
    const own = !readsVectors(plan) ? single : stripReuse(plan, tile) >= 2 ? reuse : alone;
    return { name: stripName(tile), value: (own * stripUse(plan, tile)) / COMPILE_CHARGE };
  });
  return [...columns, ...strips].sort((a, b) => b.value - a.value).map(({ name }) => name);
}

/** What a device with subgroups loads. */
export const subgroupConvolutions = { calls: columnCalls, bySpeed };
