/** QLinearMatMul as calls of WASM kernels. */
import { at, product } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { int16Panels } from '../lib/int16-panels.ts';
import { integerProduct, matrixWindow } from '../lib/integer-products.ts';
import { isByte } from '../lib/quantised.ts';
import { quantisedWeights } from '../lib/quantised-weights.ts';

/** Products with one matrix that is known. */
export function qLinearMatMul(context: SimdContext<'QLinearMatMul'>): readonly SimdCall[] | undefined {
  const { transA, transB } = context.node.attributes;
  const [a, , , b] = context.inputs;
  const weights = quantisedWeights(context, context.constant(4)?.shape.length === 0);
  if (!isByte(a) || !b || !weights || transA || b.shape.length < 2 || product(b.shape.slice(0, -2)) !== 1) {
    return undefined;
  }
  const depth = at(a.shape, a.shape.length - 1);
  const columns = product(b.shape) / depth;
  const rows = product(a.shape.slice(0, -1));
  if (depth === 0) return undefined;
  return integerProduct({
    x: inputOperand(context, 0),
    panels: () => int16Panels({ ...weights, depth, columns, group: 1, transposed: transB }),
    y: outputOperand(context),
    window: matrixWindow(rows, depth, a, weights.xZeroPoint),
    group: 1,
    outC: columns,
    result: weights.result,
  });
}
