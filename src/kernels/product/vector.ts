/** Products of few rows and a matrix, the depth shared out over a workgroup. */
import { vectorProductShader, vectorStorage, type VectorTile } from '../../../shaders/product-vector.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { batchesOf, plainColumns, productOperands, productSpec, productValues } from './product.ts';
import type { Product, ProductCall } from './product.ts';

/** One row; and up to four, which then share the loads of the matrix. */
export const VECTOR_TILES: readonly VectorTile[] = [
  { rows: 1, slices: 32, quads: 8 },
  { rows: 4, slices: 32, quads: 4 },
];

/** `vector-1`: rows. */
export function vectorName({ rows }: VectorTile): string {
  return `vector-${rows}`;
}

/** Many more rows are better multiplied in tiles; less depth leaves most of the workgroup idle. */
const MOST_ROWS = 8;
const LEAST_DEPTH = 32;

/** Whether the device can run a tile, and the rows are few. */
export function fitsVector(p: Product, tile: VectorTile, { limits }: DeviceProfile): boolean {
  const { rows, slices, quads } = tile;
  return (
    (rows === 1 ? p.rows === 1 : p.rows > 1 && p.rows <= MOST_ROWS) &&
    p.depth >= LEAST_DEPTH &&
    slices * quads <= limits.maxComputeInvocationsPerWorkgroup &&
    vectorStorage(tile) <= limits.maxComputeWorkgroupStorageSize &&
    Math.max(ceilDiv(ceilDiv(p.columns, 4), quads), batchesOf(p)) <= limits.maxComputeWorkgroupsPerDimension
  );
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
