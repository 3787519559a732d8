/** The matrix products of a Winograd convolution, one for each point of a tile, as one batch of the product kernels. */
import type { DeviceProfile } from '../../core/limits.ts';
import type { CallOperand } from '../definition.ts';
import { bareEpilogue } from '../product/bare.ts';
import type { Product, ProductCall } from '../product/product.ts';
import { registerCalls, registerName } from '../product/registers.ts';
import { isCommon, registerCost, registerTiles, subgroupCost } from '../product/software.ts';
import { subgroupCalls, subgroupPlan } from '../product/subgroup-products.ts';
import { SUBGROUP_TILES, subgroupName } from '../product/subgroup-tiles.ts';
import { fitsTile, tiledCalls, tiledCost, tiledName, PRODUCT_TILES } from '../product/tiled.ts';

/** m[point] = v[point] · u[point]: `rows` tiles, `depth` input channels and `columns` output channels in whole vectors. */
export interface PointProducts {
  readonly points: number;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
}

/** Their operands. */
export interface PointOperands {
  readonly v: CallOperand;
  readonly u: CallOperand;
  readonly m: CallOperand;
}

/** Where the products are made: see subgroups.ts, tiled.ts and registers.ts in shaders/product. */
export type ProductFamily = 'subgroup' | 'tiled' | 'registers';

function productOf({ points, rows, depth, columns }: PointProducts, { v, u, m }: PointOperands): Product {
  return {
    rows,
    depth,
    columns,
    transA: false,
    transB: false,
    batch: [{ extent: points, strides: [rows * depth, depth * columns] }],
    a: v,
    aPlacement: { offset: 0, pitch: depth },
    aType: 'f32',
    b: u,
    bType: 'f32',
    epilogue: bareEpilogue(m, columns),
  };
}

/** One way to make the products. */
export interface PointProductChoice {
  /** The tile. */
  readonly name: string;
  /** Estimated time, in the unit of the family. */
  readonly cost: number;
  /** The same with what compiling one more pipeline costs. */
  readonly price: number;
  calls(operands: PointOperands): readonly ProductCall[];
}

/** What an estimate has for operands: it never looks at them. */
const NOTHING: CallOperand = { kind: 'scratch', id: '', elements: 0 };

/**
 * How many times as fast as the common tile another one has to be: every tile is one more pipeline to compile, 0.1 to
 * 0.3 s on a software adapter. 14²×256 has 16 tiles of 4×4, for which 16 rows instead of 25 take 3.5 instead of 4.8 ms
 * on lavapipe.
 */
const COMPILE_CHARGE = 1.5;

/** A few tiles left over may well take the tile of all others, which is there. */
const LEAST_USE = 0.2;

function candidatesOf(products: PointProducts, family: ProductFamily, device: DeviceProfile): PointProductChoice[] {
  const p = productOf(products, { v: NOTHING, u: NOTHING, m: NOTHING });
  const of = (operands: PointOperands): Product => productOf(products, operands);
  switch (family) {
    case 'subgroup':
      return SUBGROUP_TILES.flatMap((tile) => {
        const plan = subgroupPlan(p, tile, device, LEAST_USE);
        if (!plan) return [];
        const cost = subgroupCost(p, tile, plan);
        const price = isCommon(tile) ? cost : COMPILE_CHARGE * cost;
        const calls = (product: Product): readonly ProductCall[] => {
          const own = subgroupPlan(product, tile, device, LEAST_USE);
          return own ? subgroupCalls(product, tile, own) : [];
        };
        return [{ name: subgroupName(tile), cost, price, calls: (operands: PointOperands) => calls(of(operands)) }];
      });
    case 'tiled':
      return PRODUCT_TILES.filter((tile) => tile.splits === 1 && fitsTile(p, tile, device)).map((tile) => {
        const cost = tiledCost(p, tile, device);
        return { name: tiledName(tile), cost, price: cost, calls: (o) => tiledCalls(of(o), tile, device) };
      });
    case 'registers':
      return registerTiles(p, device).map((tile) => {
        const cost = registerCost(p, tile, device);
        return { name: registerName(tile), cost, price: cost, calls: (o) => registerCalls(of(o), tile, device) };
      });
  }
}

/** The best tile of a family for the products, or the one called `like` where it applies; nothing where none does. */
export function pointProductChoice(
  products: PointProducts,
  family: ProductFamily,
  device: DeviceProfile,
  like?: string,
): PointProductChoice | undefined {
  const candidates = candidatesOf(products, family, device).sort((a, b) => a.price - b.price);
  return candidates.find(({ name }) => name === like) ?? candidates[0];
}
