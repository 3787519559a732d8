/** Conv as calls of WASM kernels. */
import type { Shape } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at, product, range } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { panels } from '../product/packed-weights.ts';
import { pointwiseCalls } from '../product/pointwise.ts';
import { depthwiseCalls } from './depthwise.ts';
import { implicitCall, type ImplicitAxis } from './implicit.ts';
import { knownWeights, type TapWeights } from './known-weights.ts';
import { winogradTiles } from './winograd-part.ts';

/** Weights of larger windows, their bias and scales have to be known. */
export function conv(context: SimdContext<'Conv'>): readonly SimdCall[] | undefined {
  const calls = depthwiseCalls(context) ?? pointwiseCalls(context);
  // A gate needs a window of one pixel.
  const weights = calls || context.inputs[4] ? undefined : knownWeights(context);
  return calls ?? (weights && (winogradTiles.peek()?.(context, weights) ?? [windowed(context, weights)]));
}

/** A window of any kind, in any number of groups. */
function windowed(context: SimdContext<'Conv'>, weights: TapWeights): SimdCall {
  const { node, inputs, outputs } = context;
  const [x, y, w] = [inputs[0]?.shape ?? [], at(outputs, 0).shape, weights.weights.shape];
  const { group, activation } = node.attributes;
  const kernel = w.slice(0, -2);
  const extents = {
    depth: at(w, kernel.length),
    columns: at(w, kernel.length + 1) / group,
    group,
  };
  return implicitCall({
    ...extents,
    x: inputOperand(context, 0),
    weights: panels({ ...weights, ...extents, taps: range(product(kernel)) }),
    residual: inputOperand(context, 3),
    y: outputOperand(context),
    images: at(x, 0),
    axes: kernel.map((taps, i) => axisOf(node, i, { x, y, taps })),
    activation,
  });
}

function axisOf(
  { attributes }: NodeOf<'Conv'>,
  i: number,
  { x, y, taps }: { readonly x: Shape; readonly y: Shape; readonly taps: number },
): ImplicitAxis {
  const { strides, dilations, pads } = attributes;
  const output = at(y, i + 1);
  return {
    input: at(x, i + 1),
    taps,
    stride: at(strides, i),
    dilation: at(dilations, i),
    pad: at(pads, i),
    output,
    place: 1,
    offset: 0,
    whole: output,
  };
}
