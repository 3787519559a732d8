/** Convolution as an implicit matrix product: its variants, and which of them to prefer on which class of adapters. */
import type { DeviceProfile } from '../../core/limits.ts';
import { lazy } from '../../core/on-demand.ts';
import { variant, type LazyPart, type Variant } from '../definition.ts';
import { columnName, REGISTER_STRIPS, stripName, SUBGROUP_COLUMNS, SUBGROUP_STRIPS } from './implicit-choices.ts';
import { implicitPlan, readsVectors, type ConvCall } from './implicit-plan.ts';
import { stripCalls, stripUse, type StripTile } from './implicit-strip.ts';
import { tiledConvCalls, tiledConvCost } from './implicit-tiled.ts';
import { hasSubgroups, lacksSubgroups } from '../product/subgroup-tiles.ts';
import { PRODUCT_TILES, tiledName } from '../product/tiled.ts';
import type { ConvContext, ConvPlan } from './shared.ts';

const bySubgroups = lazy(() => import('./implicit-subgroups.ts'), 'subgroupConvolutions');

/** What runs convolutions by subgroups whose lanes have channels of their own, and how fast tiles are. */
export const subgroupConvPart: LazyPart<'Conv'> = {
  needs: (_, __, device) => hasSubgroups(device),
  load: () => bySubgroups.load(),
};

/** One way to run a convolution. */
interface Candidate {
  readonly name: string;
  /** The dispatches, or nothing where it does not apply. */
  calls(context: ConvContext): readonly ConvCall[] | undefined;
}

const CANDIDATES: readonly Candidate[] = [
  ...SUBGROUP_COLUMNS.map((tile) => ({
    name: columnName(tile),
    calls: (context: ConvContext) =>
      hasSubgroups(context.device) ? bySubgroups.get().calls(context, tile) : undefined,
  })),
  ...[...SUBGROUP_STRIPS, ...REGISTER_STRIPS].map((tile) => ({
    name: stripName(tile),
    calls: (context: ConvContext) => stripCalls(context.device, tile, implicitPlan(context)),
  })),
  ...PRODUCT_TILES.map((tile) => ({
    name: tiledName(tile),
    calls: (context: ConvContext) => tiledConvCalls(context.device, tile, implicitPlan(context)),
  })),
];

const PREFIX = 'implicit-';

/** The variants. Where none of them applies the direct kernel does. */
export const implicit: readonly Variant<'Conv'>[] = CANDIDATES.map(({ name, calls }) =>
  variant<'Conv', readonly ConvCall[]>(PREFIX + name, calls, (_, made) => made, { placed: true }),
);

/** Names of these variants in the order in which they should be tried; none where there is no such convolution. */
export function preferredImplicit(context: ConvContext): string[] {
  const plan = implicitPlan(context);
  if (!plan) return [];
  // As fast as strips there (34 and 36 ms of processor time for 3×3 on 28²×128, lavapipe), and compiled in a fifth of their 2 s.
  if (lacksSubgroups(context.device) && readsVectors(plan)) return ['direct'];
  return ordered(plan, context.device).map((name) => PREFIX + name);
}

function ordered(plan: ConvPlan, device: DeviceProfile): string[] {
  const registers = REGISTER_STRIPS.filter((tile) => !isWasteful(plan, tile)).map(stripName);
  switch (device.adapterClass) {
    case 'software':
      return [...(hasSubgroups(device) ? bySubgroups.get().bySpeed(plan, device) : []), ...registers];
    case 'mobile':
      // No fast workgroup memory on Mali and Adreno: ncnn and LiteRT keep to registers and the cache there.
      return registers.reverse();
    case 'discrete':
    case 'integrated':
      return [...PRODUCT_TILES]
        .sort((a, b) => tiledConvCost(plan, a, device) - tiledConvCost(plan, b, device))
        .map(tiledName);
  }
}

/** Worse than the direct kernel. */
function isWasteful(plan: ConvPlan, tile: StripTile): boolean {
  return stripUse(plan, tile) < 0.5;
}
