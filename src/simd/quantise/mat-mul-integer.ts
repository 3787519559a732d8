/** MatMulInteger as calls of WASM kernels. */
import { at, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { int16Panels } from '../lib/int16-panels.ts';
import { integerProduct, matrixWindow } from '../lib/integer-products.ts';
import { isByte } from '../lib/quantised.ts';
import { integerWeights } from '../lib/quantised-weights.ts';

/** Products with one matrix that is known, of a that has one zero point. */
export function matMulInteger(context: SimdContext<'MatMulInteger'>): readonly SimdCall[] | undefined {
  const [a, b] = context.inputs;
  const weights = integerWeights(context);
  if (!isByte(a) || !b || !weights || b.shape.length < 2 || product(b.shape.slice(0, -2)) !== 1) return undefined;
  const depth = at(a.shape, a.shape.length - 1);
  if (depth === 0) return undefined;
  const columns = product(b.shape) / depth;
  return integerProduct({
    x: inputOperand(context, 0),
    panels: () => int16Panels({ ...weights, depth, columns, group: 1 }),
    y: outputOperand(context),
    window: matrixWindow(product(a.shape.slice(0, -1)), depth, a, weights.xZeroPoint),
    group: 1,
    outC: columns,
    result: weights.result,
  });
}
