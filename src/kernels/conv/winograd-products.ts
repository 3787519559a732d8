/** The matrix products of a Winograd convolution, one for each point of a tile, as one batch of the product kernels. */
import { ACTIVATION_PARAMS } from '../../../shaders/lib/activation.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import type { CallOperand } from '../definition.ts';
import type { Product, ProductCall } from '../product/product.ts';
import { fitsRegisters, REGISTER_TILES, registerCalls, registerCost } from '../product/registers.ts';
import { SUBGROUP_TILES, subgroupCalls, subgroupCost, subgroupPlan } from '../product/subgroups.ts';
import { fitsTile, tiledCalls, tiledCost, TILES } from '../product/tiled.ts';

/** m[point] = v[point] · u[point]: `rows` tiles, `depth` input channels and `columns` output channels in whole vectors. */
export interface PointProducts {
  readonly points: number;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly v: CallOperand;
  readonly u: CallOperand;
  readonly m: CallOperand;
}

/** Where the products are made: see shaders/product-subgroups.ts, product-tiled.ts, product.ts. */
export type ProductFamily = 'subgroup' | 'tiled' | 'registers';

function productOf({ points, rows, depth, columns, v, u, m }: PointProducts): Product {
  const noActivation = Object.fromEntries(Object.keys(ACTIVATION_PARAMS).map((name) => [name, 0]));
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
    epilogue: {
      spec: {
        bias: false,
        residual: 'none',
        residualType: 'f32',
        outType: 'f32',
        activation: 'none',
        scattered: false,
      },
      operands: [m],
      params: { ...noActivation, y_offset: 0, y_pitch: columns },
      vector: true,
    },
  };
}

/** The first of those that cost least. */
function cheapest<T>(items: readonly T[], cost: (item: T) => number): T | undefined {
  return [...items].sort((a, b) => cost(a) - cost(b))[0];
}

/** The dispatch of the products with the best tile of a family; nothing where no tile applies. */
export function pointProductCalls(
  products: PointProducts,
  family: ProductFamily,
  device: DeviceProfile,
): readonly ProductCall[] | undefined {
  const p = productOf(products);
  switch (family) {
    case 'subgroup': {
      const plans = SUBGROUP_TILES.flatMap((tile) => {
        const plan = subgroupPlan(p, tile, device);
        return plan ? [{ tile, plan }] : [];
      });
      const best = cheapest(plans, ({ tile, plan }) => subgroupCost(p, tile, plan));
      return best && subgroupCalls(p, best.tile, best.plan);
    }
    case 'tiled': {
      const tiles = TILES.filter((tile) => tile.splits === 1 && fitsTile(p, tile, device));
      const best = cheapest(tiles, (tile) => tiledCost(p, tile, device));
      return best && tiledCalls(p, best, device);
    }
    case 'registers': {
      const tiles = REGISTER_TILES.filter((tile) => fitsRegisters(p, tile));
      const best = cheapest(tiles, (tile) => registerCost(p, tile, device));
      return best && registerCalls(p, best, device);
    }
  }
}
