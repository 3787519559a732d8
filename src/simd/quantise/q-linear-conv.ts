/** QLinearConv as calls of WASM kernels. */
import { at } from '../../util/arrays.ts';
import type { SimdCall, SimdContext } from '../definition.ts';
import { integerWindow } from '../lib/integer-products.ts';
import { knownProduct } from '../lib/known-product.ts';
import { quantisedWeights } from '../lib/quantised-weights.ts';

/** Calls of a convolution of integers with known weights, on maps of one or two dimensions. */
export function qLinearConv(context: SimdContext<'QLinearConv'>): readonly SimdCall[] | undefined {
  const { node, inputs, outputs } = context;
  const { group } = node.attributes;
  const [x, y] = [inputs[0], at(outputs, 0)];
  const weights = quantisedWeights(context, x?.dtype === 'uint8');
  if (!x || !weights) return undefined;
  const window = integerWindow(node.attributes, [x, y], weights.source.shape.slice(0, -2), weights.xZeroPoint);
  return window && knownProduct(context, weights, window, { group });
}
