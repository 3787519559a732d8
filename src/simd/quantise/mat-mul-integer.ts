/** MatMulInteger as calls of WASM kernels. */
import { at, product } from '../../util/arrays.ts';
import type { SimdCall, SimdContext } from '../definition.ts';
import { matrixWindow } from '../lib/integer-products.ts';
import { knownProduct } from '../lib/known-product.ts';
import { isByte } from '../lib/quantised.ts';
import { integerWeights } from '../lib/quantised-weights.ts';

/** Products with one matrix that is known, of a that has one zero point. */
export function matMulInteger(context: SimdContext<'MatMulInteger'>): readonly SimdCall[] | undefined {
  const [a, b] = context.inputs;
  const weights = integerWeights(context);
  if (!isByte(a) || !b || !weights || b.shape.length < 2 || product(b.shape.slice(0, -2)) !== 1) return undefined;
  const depth = at(a.shape, a.shape.length - 1);
  if (depth === 0) return undefined;
  const window = matrixWindow(product(a.shape.slice(0, -1)), depth, a, weights.xZeroPoint);
  return knownProduct(context, weights, window);
}
