/** The variants of every operator that is a matrix product, and which to prefer on which class of adapters. */
import type { DeviceProfile } from '../../core/limits.ts';
import type { OpKind } from '../../ir/ops.ts';
import { variant, type LowerContext, type Variant } from '../definition.ts';
import type { Product, ProductCall } from './product.ts';
import {
  fitsRegisters,
  REGISTER_TILES,
  registerCalls,
  registerCost,
  registerName,
  registerTiles,
} from './registers.ts';
import { hasSubgroups, isCommon, SUBGROUP_TILES, subgroupName } from './subgroup-tiles.ts';
import { subgroupProducts } from './subgroups.ts';
import { fitsTile, tiledCalls, tiledCost, tiledName, PRODUCT_TILES } from './tiled.ts';
import { VECTOR_CHOICES, vectorCalls, vectorCost, vectorName, vectorTile } from './vector.ts';

/** One way to run a product. */
interface Candidate {
  readonly name: string;
  /** The dispatches, or nothing where it does not apply. */
  calls(p: Product, device: DeviceProfile): ProductCall[] | undefined;
}

/** The last takes every product. */
const CANDIDATES: readonly Candidate[] = [
  ...SUBGROUP_TILES.map((tile): Candidate => ({
    name: subgroupName(tile),
    calls: (p, device) => {
      if (!hasSubgroups(device)) return undefined;
      const kernels = subgroupProducts.get();
      const plan = kernels.plan(p, tile, device);
      return plan && kernels.calls(p, tile, plan);
    },
  })),
  ...PRODUCT_TILES.map((tile): Candidate => ({
    name: tiledName(tile),
    calls: (p, device) => (fitsTile(p, tile, device) ? tiledCalls(p, tile, device) : undefined),
  })),
  ...VECTOR_CHOICES.map((choice): Candidate => ({
    name: vectorName(choice),
    calls: (p, device) => {
      const tile = vectorTile(p, choice, device);
      return tile && vectorCalls(p, tile, device);
    },
  })),
  ...REGISTER_TILES.map((tile): Candidate => ({
    name: registerName(tile),
    calls: (p, device) => (fitsRegisters(p, tile) ? registerCalls(p, tile, device) : undefined),
  })),
];

/**
 * The variants of an operator whose nodes are products, or of those of its nodes that are: `productOf` gives nothing for
 * others. `prefix` goes before their names.
 */
export function productVariants<K extends OpKind>(
  productOf: (context: LowerContext<K>) => Product | undefined,
  { prefix = '', placed = false }: { readonly prefix?: string; readonly placed?: boolean } = {},
): Variant<K>[] {
  return CANDIDATES.map(({ name, calls }) =>
    variant<K, readonly ProductCall[]>(
      prefix + name,
      (context) => {
        const p = productOf(context);
        return p && calls(p, context.device);
      },
      (_, made) => made,
      { placed },
    ),
  );
}

/** Names of variants, without prefix, in the order in which they should be tried. */
export function preferredProducts(p: Product, device: DeviceProfile): string[] {
  switch (device.adapterClass) {
    case 'software':
      return preferredBySoftware(p, device);
    case 'mobile':
      // No fast workgroup memory on Mali and Adreno: ncnn and LiteRT keep to registers and the cache there.
      return REGISTER_TILES.filter((tile) => tile.quads === 1 && fitsRegisters(p, tile)).map(registerName);
    case 'discrete':
    case 'integrated':
      return preferredByGpu(p, device);
  }
}

/**
 * How many times as fast as the common tile another one has to be: software adapters take 0.2 to 0.7 s to compile one
 * more pipeline, and MobileNet v2 gains 2 ms a run from having two more. The tuner is free to choose otherwise.
 */
const COMPILE_CHARGE = 3;

/** By the estimated time: loads cost the most, and a subgroup saves loads. */
function preferredBySoftware(p: Product, device: DeviceProfile): string[] {
  const subgroups = (hasSubgroups(device) ? SUBGROUP_TILES : []).flatMap((tile) => {
    const kernels = subgroupProducts.get();
    const plan = kernels.plan(p, tile, device);
    const charge = isCommon(tile) ? 1 : COMPILE_CHARGE;
    return plan ? [{ name: subgroupName(tile), cost: charge * kernels.cost(p, tile, plan) }] : [];
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

/** Few rows are a matter of reading b once; else by the estimated time. */
function preferredByGpu(p: Product, device: DeviceProfile): string[] {
  const vectors = VECTOR_CHOICES.filter((choice) => vectorTile(p, choice, device)).map(vectorName);
  const tiles = PRODUCT_TILES.filter((tile) => fitsTile(p, tile, device))
    .map((tile) => ({ name: tiledName(tile), cost: tiledCost(p, tile, device) }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ name }) => name);
  return p.rows <= MOST_VECTOR_ROWS ? [...vectors, ...tiles] : [...tiles, ...vectors];
}

/** Up to here a workgroup that shares the depth out reads b no more than twice. */
const MOST_VECTOR_ROWS = 8;
