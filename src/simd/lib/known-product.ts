/** Products of quantised operands and weights that are known: convolutions, transposed ones and matrices, requantised or not. */
import { at, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { int16Panels } from './int16-panels.ts';
import { integerProduct, type IntegerWindow } from './integer-products.ts';
import type { ProductConstants, QuantisedProduct, SummedProduct } from './quantised-weights.ts';

/** Calls of a node: what the window sees of x, times weights `[…, columns]`, or `[columns, …]` where they are transposed. */
export function knownProduct<K extends QuantisedProduct | SummedProduct>(
  context: SimdContext<K>,
  weights: ProductConstants,
  window: IntegerWindow,
  { group = 1, transposed = false } = {},
): readonly SimdCall[] {
  const { shape } = weights.source;
  const columns = at(shape, shape.length - (transposed ? 2 : 1));
  const depth = product(shape) / columns;
  return integerProduct({
    x: inputOperand(context, 0),
    panels: (groups) => int16Panels({ ...weights, depth, columns, group: groups, transposed }),
    y: outputOperand(context),
    window,
    group,
    outC: columns,
    result: weights.result,
  });
}
