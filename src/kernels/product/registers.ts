/** Matrix products in registers: the variants that take every product. */
import { registerProductShader } from '../../../shaders/product/registers.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { dispatch1d } from '../definition.ts';
import { batchesOf, loadsPerRow, plainColumns, productOperands, productSpec, productValues } from './product.ts';
import type { Product, ProductCall } from './product.ts';

/** What one invocation makes: rows × column quads. */
export interface RegisterTile {
  readonly rows: number;
  readonly quads: number;
}

/** From large to small; the last takes every product. */
export const REGISTER_TILES: readonly RegisterTile[] = [
  { rows: 8, quads: 2 },
  { rows: 4, quads: 1 },
  { rows: 1, quads: 1 },
];

/** `registers-4x4`: rows × columns. */
export function registerName({ rows, quads }: RegisterTile): string {
  return `registers-${rows}x${4 * quads}`;
}

/** Small workgroups spread evenly over the few cores of a software adapter; a GPU wants at least one full wave. */
export const REGISTER_WORKGROUP = { software: 16, other: 64 };

/** Whether a tile is not mostly wasted; the largest is for operands in vectors only, else it loads for too long. */
export function fitsRegisters(p: Product, { rows, quads }: RegisterTile): boolean {
  if (quads > 1 && (loadsPerRow(p) > 1 || p.depth % 4 !== 0 || p.columns % 4 !== 0)) return false;
  return (rows === 1 || p.rows > rows / 2) && (quads === 1 || p.columns > 2 * quads);
}

/** The dispatches of a product: one, or one for each block of columns. */
export function registerCalls(p: Product, tile: RegisterTile, device: DeviceProfile): ProductCall[] {
  const workgroup = device.adapterClass === 'software' ? REGISTER_WORKGROUP.software : REGISTER_WORKGROUP.other;
  return plainColumns(p, device).map((part) => {
    const rowTiles = ceilDiv(p.rows, tile.rows);
    const columnTiles = ceilDiv(ceilDiv(part.width, 4), tile.quads);
    const count = batchesOf(p) * rowTiles * columnTiles;
    return {
      shader: registerProductShader({ ...productSpec(p, part), ...tile, workgroup }),
      operands: productOperands(p, part, device),
      params: { count, row_tiles: rowTiles, column_tiles: columnTiles, ...productValues(p, part) },
      workgroups: dispatch1d(count, workgroup, device),
    };
  });
}
