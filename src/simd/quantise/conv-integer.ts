/** ConvInteger as calls of WASM kernels. */
import { at } from '../../util/arrays.ts';
import type { SimdCall, SimdContext } from '../definition.ts';
import { integerWindow } from '../lib/integer-products.ts';
import { knownProduct } from '../lib/known-product.ts';
import { integerWeights } from '../lib/quantised-weights.ts';

/** Known weights, on maps of one or two dimensions. */
export function convInteger(context: SimdContext<'ConvInteger'>): readonly SimdCall[] | undefined {
  const { node, inputs, outputs } = context;
  const { group } = node.attributes;
  const [x] = inputs;
  const weights = integerWeights(context);
  if (!x || !weights) return undefined;
  const window = integerWindow(
    node.attributes,
    [x, at(outputs, 0)],
    weights.source.shape.slice(0, -2),
    weights.xZeroPoint,
  );
  return window && knownProduct(context, weights, window, { group });
}
