/** QLinearConvTranspose as a call of a WASM kernel: a convolution of x with zeros between its elements. */
import { transposedAxes, type TransposedAxis } from '../../ir/shapes/transposed-window.ts';
import { at } from '../../util/arrays.ts';
import type { SimdCall, SimdContext } from '../definition.ts';
import { knownProduct } from '../lib/known-product.ts';
import { isByte } from '../lib/quantised.ts';
import { quantisedWeights } from '../lib/quantised-weights.ts';

/** Known weights, on maps of one or two dimensions. Output o sees element k of the window at (o + pad − k·dilation) / stride. */
export function qLinearConvTranspose(context: SimdContext<'QLinearConvTranspose'>): readonly SimdCall[] | undefined {
  const { attributes } = context.node;
  const [x] = context.inputs;
  const weights = quantisedWeights(context, x?.dtype === 'uint8');
  if (!isByte(x) || !weights || x.shape.length > 4 || x.shape.length < 3) return undefined;
  const axes = transposedAxes(attributes, x.shape.slice(1, -1), weights.source.shape.slice(0, -2));
  const planar = (of: (axis: TransposedAxis) => number, fill: number): readonly [number, number] => {
    const values = axes.map(of);
    return values.length === 1 ? [fill, at(values, 0)] : [at(values, 0), at(values, 1)];
  };
  const window = {
    images: at(x.shape, 0),
    input: [...planar(({ input }) => input, 1), at(x.shape, x.shape.length - 1)],
    output: planar(({ output }) => output, 1),
    kernel: planar(({ kernel }) => kernel, 1),
    strides: [1, 1],
    dilations: planar(({ dilation }) => -dilation, 1),
    pads: planar(({ padBegin }) => -padBegin, 0),
    apart: planar(({ stride }) => stride, 1),
    unsigned: x.dtype === 'uint8',
    zeroPoint: weights.xZeroPoint,
  } as const;
  return knownProduct(context, weights, window, { group: attributes.group });
}
