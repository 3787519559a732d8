/** Matrix products through workgroup memory: the tiles there are, and products whose depth is split. */
import { productSumShader, SUM_WORKGROUP } from '../../../shaders/product/sum.ts';
import { tiledProductShader, tiledStorage, tiledWorkgroup, type ProductTile } from '../../../shaders/product/tiled.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv, product as productOf, roundUp } from '../../util/arrays.ts';
import { dispatch1d, type CallOperand } from '../definition.ts';
import {
  batchesOf,
  matrixOperands,
  operandValues,
  plainColumns,
  productOperands,
  productSpec,
  productValues,
  tailValues,
  type Columns,
  type Product,
  type ProductCall,
} from './product.ts';

/** A tile and how many parts the depth is cut into. */
export interface TiledChoice extends ProductTile {
  readonly splits: number;
}

const tile = (tileRows: number, tileColumns: number, tileDepth: number, rows: number, quads: number): TiledChoice => {
  return { tileRows, tileColumns, tileDepth, rows, quads, splits: 1 };
};

/** From large to small. All keep to the limits that every device has: 256 invocations, 16 KiB of workgroup memory. */
export const PRODUCT_TILES: readonly TiledChoice[] = [
  tile(128, 128, 16, 8, 2),
  tile(64, 64, 16, 4, 1),
  tile(32, 32, 32, 4, 1),
  tile(16, 32, 32, 2, 1),
  { ...tile(32, 32, 32, 4, 1), splits: 4 },
  { ...tile(32, 32, 32, 4, 1), splits: 16 },
];

/** `tiled-32x32x32`, `split-4`: rows × columns × depth, or the parts of the depth. */
export function tiledName({ tileRows, tileColumns, tileDepth, splits }: TiledChoice): string {
  return splits > 1 ? `split-${splits}` : `tiled-${tileRows}x${tileColumns}x${tileDepth}`;
}

/** Workgroups of a product with a tile. */
export function tiledGroups(p: Product, { tileRows, tileColumns, splits }: TiledChoice): number {
  return productOf([ceilDiv(p.rows, tileRows), ceilDiv(p.columns, tileColumns), batchesOf(p), splits]);
}

/** Part of a tile that must be in use, and the least depth of a part. */
const LEAST_USE = 0.25;
const LEAST_SPLIT_DEPTH = 64;

/** Whether the device can run a tile, and it is not mostly wasted. */
export function fitsTile(p: Product, choice: TiledChoice, { limits }: DeviceProfile): boolean {
  const [sizeX, sizeY] = tiledWorkgroup(choice);
  const groups = [
    ceilDiv(p.columns, choice.tileColumns),
    ceilDiv(p.rows, choice.tileRows),
    batchesOf(p) * choice.splits,
  ];
  const area = tiledGroups(p, { ...choice, splits: 1 }) * choice.tileRows * choice.tileColumns;
  return (
    sizeX * sizeY <= limits.maxComputeInvocationsPerWorkgroup &&
    sizeX <= limits.maxComputeWorkgroupSizeX &&
    sizeY <= limits.maxComputeWorkgroupSizeY &&
    tiledStorage(choice) <= limits.maxComputeWorkgroupStorageSize &&
    groups.every((n) => n <= limits.maxComputeWorkgroupsPerDimension) &&
    p.rows * p.columns * batchesOf(p) >= LEAST_USE * area &&
    (choice.splits === 1 || p.depth >= choice.splits * LEAST_SPLIT_DEPTH)
  );
}

/** The dispatches of a product with a tile: one for each block of columns, two where the depth is split. */
export function tiledCalls(p: Product, choice: TiledChoice, device: DeviceProfile): ProductCall[] {
  return plainColumns(p, device).flatMap((part) => {
    if (choice.splits > 1) return splitCalls(p, choice, part, device);
    return [
      {
        shader: tiledProductShader({ ...productSpec(p, part), ...choice, split: false }),
        operands: productOperands(p, part, device),
        params: productValues(p, part),
        workgroups: [ceilDiv(part.width, choice.tileColumns), ceilDiv(p.rows, choice.tileRows), batchesOf(p)],
      },
    ];
  });
}

function splitCalls(p: Product, choice: TiledChoice, part: Columns, device: DeviceProfile): ProductCall[] {
  const { tileRows, tileColumns, tileDepth, splits } = choice;
  const batches = batchesOf(p);
  const quads = ceilDiv(part.width, 4);
  const count = batches * p.rows * quads;
  const partial: CallOperand = { kind: 'scratch', id: `parts from ${part.first}`, elements: splits * count * 4 };
  const spec = productSpec(p, part);
  return [
    {
      shader: tiledProductShader({ ...spec, ...choice, split: true }),
      operands: [...matrixOperands(p, part, device), partial],
      params: {
        ...operandValues(p, part),
        batches,
        split_depth: roundUp(ceilDiv(p.depth, splits), tileDepth),
      },
      workgroups: [ceilDiv(part.width, tileColumns), ceilDiv(p.rows, tileRows), batches * splits],
    },
    {
      shader: productSumShader(spec),
      operands: [partial, ...p.epilogue.operands],
      params: { count, splits, quads, rows: p.rows, first: part.first, width: part.width, ...tailValues(p) },
      workgroups: dispatch1d(count, SUM_WORKGROUP, device),
    },
  ];
}

/** Workgroups that a GPU runs at a time: one or more for each of its compute units. Not measured: no such GPU was at hand. */
const AT_A_TIME = { discrete: 128, other: 32 };

/** What a second dispatch costs, in multiply-adds of one compute unit: some microseconds. */
const SECOND_DISPATCH = 1e6;

/**
 * Estimated time of a product on a GPU with workgroup memory, in multiply-adds of one compute unit: rounds of workgroups,
 * each the slower the fewer multiply-adds an invocation makes for a load from workgroup memory.
 */
export function tiledCost(p: Product, choice: TiledChoice, { adapterClass }: DeviceProfile): number {
  const rounds = ceilDiv(tiledGroups(p, choice), adapterClass === 'discrete' ? AT_A_TIME.discrete : AT_A_TIME.other);
  const { tileRows, tileColumns, rows, quads, splits } = choice;
  const loads = (rows + 4 * quads) / (rows * 4 * quads);
  const depth = ceilDiv(p.depth, splits);
  return rounds * tileRows * tileColumns * depth * (1 + 2 * loads) + (splits > 1 ? SECOND_DISPATCH : 0);
}
