/** Conv as calls of WASM kernels. */
import { isFloat } from '../../core/dtype.ts';
import type { TensorDesc } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { at, product, range } from '../../util/arrays.ts';
import { inputOperand, outputOperand, type SimdCall, type SimdContext } from '../definition.ts';
import { pointwiseCalls } from '../product/pointwise.ts';
import { depthwiseCalls } from './depthwise.ts';
import { implicitCall, type ImplicitAxis } from './implicit.ts';
import { tapPanels } from './tap-panels.ts';

/** Weights, bias and scales of weights have to be known; a gate is the pointwise kernel's. */
export function conv(context: SimdContext<'Conv'>): readonly SimdCall[] | undefined {
  return depthwiseCalls(context) ?? pointwiseCalls(context) ?? windowed(context);
}

/** A window of any kind, in any number of groups. */
function windowed(context: SimdContext<'Conv'>): readonly SimdCall[] | undefined {
  const { node, inputs, outputs } = context;
  const [x, w, hasBias, , gate, hasScale] = inputs;
  const [weights, bias, scale] = [context.constant(1), context.constant(2), context.constant(5)];
  if (!x || !isFloat(x.dtype) || !w || !weights || gate) return undefined;
  if ((hasBias && !bias) || (hasScale ? !scale : !isFloat(w.dtype))) return undefined;
  const { group, activation } = node.attributes;
  const kernel = w.shape.slice(0, -2);
  const extents = {
    taps: range(product(kernel)),
    depth: at(w.shape, kernel.length),
    columns: at(w.shape, kernel.length + 1) / group,
    group,
  };
  return [
    implicitCall({
      ...extents,
      x: inputOperand(context, 0),
      weights: tapPanels({ weights, bias, scale }, extents),
      residual: inputOperand(context, 3),
      y: outputOperand(context),
      images: at(x.shape, 0),
      axes: axesOf(node, x, kernel, at(outputs, 0)),
      activation,
    }),
  ];
}

function axesOf(
  { attributes }: NodeOf<'Conv'>,
  x: TensorDesc,
  kernel: readonly number[],
  y: TensorDesc,
): ImplicitAxis[] {
  const { strides, dilations, pads } = attributes;
  return kernel.map((taps, i) => {
    const output = at(y.shape, i + 1);
    return {
      input: at(x.shape, i + 1),
      taps,
      stride: at(strides, i),
      dilation: at(dilations, i),
      pad: at(pads, i),
      output,
      place: 1,
      offset: 0,
      whole: output,
    };
  });
}
