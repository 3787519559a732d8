/** QLinearMatMul as calls of WASM kernels. */
import { at, ceilDiv, product, sameArray } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext, type SimdOperand } from '../definition.ts';
import { panelWords } from '../lib/int16-panels.ts';
import { bytesLess, integerProduct, matrixWindow } from '../lib/integer-products.ts';
import { knownProduct } from '../lib/known-product.ts';
import { isByte, uniformHead } from '../lib/quantised.ts';
import { productScales, quantisedWeights } from '../lib/quantised-weights.ts';
import { INTEGER_COLUMNS } from '../lib/requantise.ts';

/** Products with one matrix that is known, or with as many as there are of a that are computed and have one scale. */
export function qLinearMatMul(context: SimdContext<'QLinearMatMul'>): readonly SimdCall[] | undefined {
  const { transA, transB } = context.node.attributes;
  const [a, , , b] = context.inputs;
  if (!isByte(a) || !isByte(b) || transA || b.shape.length < 2 || a.shape.at(-1) === 0) return undefined;
  if (!context.constant(3)) return computedProduct(context);
  const weights = quantisedWeights(context, context.constant(4)?.shape.length === 0);
  if (!weights || product(b.shape.slice(0, -2)) !== 1) return undefined;
  const depth = at(a.shape, a.shape.length - 1);
  const window = matrixWindow(product(a.shape.slice(0, -1)), depth, a, weights.xZeroPoint);
  return knownProduct(context, weights, window, { transposed: transB });
}

/** The same where panels are made as the network runs. */
function computedProduct(context: SimdContext<'QLinearMatMul'>): readonly SimdCall[] | undefined {
  const { transB } = context.node.attributes;
  const [a, , , b] = context.inputs;
  const source = context.constant(4);
  const scales = productScales(context, source?.shape.length === 0);
  const zero = scales?.zeroPoints;
  if (!a || !b || !scales || !zero || source?.data.length !== 1 || zero.data.length !== 1 || scales.bias)
    return undefined;
  if (a.shape.length !== b.shape.length || !sameArray(a.shape.slice(0, -2), b.shape.slice(0, -2))) return undefined;
  const batches = product(a.shape.slice(0, -2));
  const depth = at(a.shape, a.shape.length - 1);
  const columns = product(b.shape.slice(-2)) / depth;
  const count = batches * ceilDiv(columns, INTEGER_COLUMNS);
  const bytes = count * panelWords(depth) * Int32Array.BYTES_PER_ELEMENT;
  const panels: SimdOperand = { kind: 'scratch', id: 'panels', bytes };
  const less = bytesLess({ unsigned: b.dtype === 'uint8', zeroPoint: at(zero.data, 0) });
  return [
    {
      kernel: 'quantise/pack',
      operands: [inputOperand(context, 3), uniformHead(source, scales.rescaling), panels],
      ints: [depth, columns, ...(transB ? [1, depth] : [columns, 1]), ...less],
      units: count,
    },
    ...integerProduct({
      x: inputOperand(context, 0),
      panels: () => panels,
      y: outputOperand(context),
      window: matrixWindow(product(a.shape.slice(0, -1)), depth, a, scales.xZeroPoint),
      group: 1,
      batches,
      outC: columns,
      result: scales.result,
    }),
  ];
}
