/** The Winograd variants by name, and the convolutions they are for: what is there before their code is loaded. */
import type { TileOutputs } from '../../../shaders/lib/winograd.ts';
import type { Shape } from '../../core/tensor.ts';
import type { OpAttributes } from '../../ir/ops.ts';
import type { ProductFamily } from './winograd-products.ts';

const FAMILIES: readonly ProductFamily[] = ['subgroup', 'tiled', 'registers'];
const TILES: readonly TileOutputs[] = [4, 2];

/** The variants, in order. */
export const WINOGRAD = TILES.flatMap((outputs) => FAMILIES.map((family) => ({ outputs, family })));

/** `winograd-4x4-subgroup`: the outputs of a tile, and where its products are made. */
export function winogradName(outputs: TileOutputs, family: ProductFamily): string {
  return `winograd-${outputs}x${outputs}-${family}`;
}

/** True for 3×3 weights, one group, and strides of 1. */
export function isWinograd({ strides, group }: OpAttributes['Conv'], weights: Shape): boolean {
  const kernel = weights.slice(0, -2);
  return kernel.length === 2 && kernel.every((k) => k === 3) && [...strides, group].every((v) => v === 1);
}
