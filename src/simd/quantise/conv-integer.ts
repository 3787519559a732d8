/** ConvInteger as calls of WASM kernels. */
import { at, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { int16Panels } from '../lib/int16-panels.ts';
import { integerProduct, integerWindow } from '../lib/integer-products.ts';
import { integerWeights } from '../lib/quantised-weights.ts';

/** Known weights, on maps of one or two dimensions. */
export function convInteger(context: SimdContext<'ConvInteger'>): readonly SimdCall[] | undefined {
  const { node, inputs, outputs } = context;
  const { group } = node.attributes;
  const [x] = inputs;
  const weights = integerWeights(context);
  if (!x || !weights) return undefined;
  const { shape } = weights.source;
  const window = integerWindow(node.attributes, [x, at(outputs, 0)], shape.slice(0, -2), weights.xZeroPoint);
  if (!window) return undefined;
  const columns = at(shape, shape.length - 1);
  const depth = product(shape) / columns;
  return integerProduct({
    x: inputOperand(context, 0),
    panels: (groups) => int16Panels({ ...weights, depth, columns, group: groups }),
    y: outputOperand(context),
    window,
    group,
    outC: columns,
    result: weights.result,
  });
}
