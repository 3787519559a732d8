/** The variants of every operator that is a matrix product, and which to prefer on which class of adapters. */
import type { DeviceProfile } from '../../core/limits.ts';
import type { OpKind } from '../../ir/ops.ts';
import { variant, type LowerContext, type Variant } from '../definition.ts';
import type { Product, ProductCall } from './product.ts';
import { softwareProducts, subgroupProducts } from './parts.ts';
import { fitsRegisters, REGISTER_TILES, registerCalls, registerName } from './registers.ts';
import { hasSubgroups, SUBGROUP_TILES, subgroupName } from './subgroup-tiles.ts';
import { fitsTile, tiledCalls, tiledCost, tiledName, PRODUCT_TILES } from './tiled.ts';
import { VECTOR_CHOICES, vectorCalls, vectorName, vectorTile } from './vector.ts';

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
      return softwareProducts.get()(p, device);
    case 'mobile':
      // No fast workgroup memory on Mali and Adreno: ncnn and LiteRT keep to registers and the cache there.
      return REGISTER_TILES.filter((tile) => tile.quads === 1 && fitsRegisters(p, tile)).map(registerName);
    case 'discrete':
    case 'integrated':
      return preferredByGpu(p, device);
  }
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
