/** Matrix products through workgroup memory: the tiles there are, and products whose depth is split. */
import { tiledWorkgroup, type ProductTile } from '../../../shaders/lib/tiled.ts';
import { productSumShader, SUM_WORKGROUP } from '../../../shaders/product/sum.ts';
import { tiledProductShader, tiledStorage } from '../../../shaders/product/tiled.ts';
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

/** A tile, how many parts the depth is cut into, and what it costs. */
export interface TiledChoice extends ProductTile {
  readonly splits: number;
  /** Nanoseconds a step along the depth takes a workgroup that has a compute unit to itself, and waits for its loads. */
  readonly alone: number;
  /** Nanoseconds it adds on a compute unit with many of them. */
  readonly among: number;
}

/**
 * From large to small, with times measured on an H200. All keep to the limits that every device has: 256 invocations, 16 KiB
 * of workgroup memory.
 */
export const PRODUCT_TILES: readonly TiledChoice[] = [
  { tileRows: 128, tileColumns: 128, tileDepth: 16, rows: 8, quads: 2, splits: 1, alone: 138, among: 160 },
  { tileRows: 64, tileColumns: 64, tileDepth: 16, rows: 4, quads: 1, splits: 1, alone: 51, among: 46 },
  ...[1, 4, 16].map((splits) => {
    return { tileRows: 32, tileColumns: 32, tileDepth: 32, rows: 4, quads: 1, splits, alone: 31, among: 14 };
  }),
  { tileRows: 16, tileColumns: 32, tileDepth: 32, rows: 2, quads: 1, splits: 1, alone: 17.5, among: 9 },
];

/** `tiled-32x32x32`, `split-4`: rows × columns × depth, or the parts of the depth. */
export function tiledName({ tileRows, tileColumns, tileDepth, splits }: TiledChoice): string {
  return splits > 1 ? `split-${splits}` : `tiled-${tileRows}x${tileColumns}x${tileDepth}`;
}

/** Workgroups of a product with a tile. */
function tiledGroups(p: Product, { tileRows, tileColumns, splits }: TiledChoice): number {
  return productOf([ceilDiv(p.rows, tileRows), ceilDiv(p.columns, tileColumns), batchesOf(p), splits]);
}

/** Part of a tile that must be in use, and the least depth of a part. */
const LEAST_USE = 0.25;
const LEAST_SPLIT_DEPTH = 64;

/** Whether a device runs so many workgroups of a tile, of which each takes so many bytes of workgroup memory. */
export function runsTile(
  tile: ProductTile,
  bytes: number,
  groups: readonly number[],
  { limits }: DeviceProfile,
): boolean {
  const [sizeX, sizeY] = tiledWorkgroup(tile);
  return (
    sizeX * sizeY <= limits.maxComputeInvocationsPerWorkgroup &&
    sizeX <= limits.maxComputeWorkgroupSizeX &&
    sizeY <= limits.maxComputeWorkgroupSizeY &&
    bytes <= limits.maxComputeWorkgroupStorageSize &&
    groups.every((n) => n <= limits.maxComputeWorkgroupsPerDimension)
  );
}

/** Whether the device can run a tile, and it is not mostly wasted. */
export function fitsTile(p: Product, choice: TiledChoice, device: DeviceProfile): boolean {
  const groups = [
    ceilDiv(p.columns, choice.tileColumns),
    ceilDiv(p.rows, choice.tileRows),
    batchesOf(p) * choice.splits,
  ];
  const area = tiledGroups(p, { ...choice, splits: 1 }) * choice.tileRows * choice.tileColumns;
  return (
    runsTile(choice, tiledStorage(choice), groups, device) &&
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

/** Compute units of a GPU: an H200 has 132, and no graphics chip beside a processor many more than these. */
const COMPUTE_UNITS = { discrete: 132, other: 8 };

/** Nanoseconds that a second dispatch takes, and writing and reading an element of a part. */
const SECOND_DISPATCH = 3500;
const PART_ELEMENT = 0.0025;

/** What `tiledTime` is asked about: workgroups, the length of the sums, and how many of them there are. */
export interface TiledWork {
  readonly groups: number;
  readonly depth: number;
  readonly sums: number;
}

/**
 * Estimated nanoseconds of a product: few workgroups wait for their loads, many for each other. Of 78 layers of MobileNet v2,
 * SqueezeNet and ResNet-50 the choices by it take 3 % longer than the best would (H200; 132 compute units).
 */
export function tiledTime(
  { groups, depth, sums }: TiledWork,
  { splits, alone, among }: TiledChoice,
  { adapterClass }: DeviceProfile,
): number {
  const units = adapterClass === 'discrete' ? COMPUTE_UNITS.discrete : COMPUTE_UNITS.other;
  const products = (depth / splits) * Math.max(alone, (among * groups) / units);
  return products + (splits > 1 ? SECOND_DISPATCH + PART_ELEMENT * splits * sums : 0);
}

/** The same of a product and a tile of it. */
export function tiledCost(p: Product, choice: TiledChoice, device: DeviceProfile): number {
  const sums = productOf([p.rows, p.columns, batchesOf(p)]);
  return tiledTime({ groups: tiledGroups(p, choice), depth: p.depth, sums }, choice, device);
}
