/** Products of few rows and a matrix, the depth shared out over a workgroup. */
import { vectorProductShader, vectorStorage, type VectorTile } from '../../../shaders/product/vector.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { batchesOf, plainColumns, productOperands, productSpec, productValues } from './product.ts';
import type { Product, ProductCall } from './product.ts';

/** A way to share out the work; a subgroup adds up without workgroup memory. */
export interface VectorChoice {
  readonly rows: number;
  /** Parts of the depth and column quads of a workgroup; or one quad for each subgroup, a part for each of its lanes. */
  readonly shares: { readonly slices: number; readonly quads: number } | 'subgroup';
}

/** One row; and up to four, which then share the loads of the matrix. */
export const VECTOR_CHOICES: readonly VectorChoice[] = [
  { rows: 1, shares: { slices: 32, quads: 8 } },
  { rows: 4, shares: { slices: 32, quads: 4 } },
  { rows: 1, shares: 'subgroup' },
  { rows: 4, shares: 'subgroup' },
];

/** `vector-1`, `subgroup-vector-1`: rows. */
export function vectorName({ rows, shares }: VectorChoice): string {
  return `${shares === 'subgroup' ? 'subgroup-' : ''}vector-${rows}`;
}

/** Many more rows are better multiplied in tiles; less depth leaves most of the workgroup idle. */
const MOST_ROWS = 8;
const LEAST_DEPTH = 32;

/** The tile of a choice, where the device can run it, and the rows are few. */
export function vectorTile(p: Product, { rows, shares }: VectorChoice, device: DeviceProfile): VectorTile | undefined {
  const { limits, features } = device;
  const size = features.includes('subgroups') ? (device.subgroupSize ?? 0) : 0;
  const subgroup = shares === 'subgroup';
  if (subgroup && size === 0) return undefined;
  const tile = subgroup ? { rows, slices: size, quads: 1, subgroup } : { rows, ...shares, subgroup };
  const threads = tile.slices * tile.quads;
  const fits =
    (rows === 1 ? p.rows === 1 : p.rows > 1 && p.rows <= MOST_ROWS) &&
    p.depth >= LEAST_DEPTH &&
    threads <= limits.maxComputeInvocationsPerWorkgroup &&
    vectorStorage(tile) <= limits.maxComputeWorkgroupStorageSize &&
    Math.max(ceilDiv(ceilDiv(p.columns, 4), tile.quads), batchesOf(p)) <= limits.maxComputeWorkgroupsPerDimension;
  return fits ? tile : undefined;
}

/** The dispatches of a product: one, or one for each block of columns. */
export function vectorCalls(p: Product, tile: VectorTile, device: DeviceProfile): ProductCall[] {
  return plainColumns(p, device).map((part) => ({
    shader: vectorProductShader({ ...productSpec(p, part), ...tile }),
    operands: productOperands(p, part, device),
    params: productValues(p, part),
    workgroups: [ceilDiv(ceilDiv(part.width, 4), tile.quads), ceilDiv(p.rows, tile.rows), batchesOf(p)],
  }));
}
