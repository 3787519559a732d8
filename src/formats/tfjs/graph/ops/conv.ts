/** Translations of convolutions, with the functions the converter fused into them. */
import type { GraphTranslation, NodeContext } from '../context.ts';
import { epilogue } from './epilogue.ts';
import { windowOf } from './window.ts';

/** Depthwise weights `[kH, kW, C, mult]` as a grouped convolution's `[kH, kW, 1, C·mult]`; group = C. */
function depthwiseWeights(c: NodeContext): { weights: string; group: number } {
  const filter = c.constantInput(1);
  if (!filter) c.refuse('a depthwise filter computed at run time');
  const [kH, kW, channels, multiplier] = filter.shape;
  if (filter.shape.length !== 4 || !kH || !kW || !channels || !multiplier) {
    c.refuse(`a depthwise filter of shape [${filter.shape.join(', ')}]`);
  }
  return { weights: c.reshape(c.input(1), [kH, kW, 1, channels * multiplier]), group: channels };
}

/** A convolution over `dims` dimensions. */
export function convolutionOf(c: NodeContext, weights: string, group: number, dims = 2): string {
  const { bias, residual, activation, slope } = epilogue(c);
  const inputs = [c.input(0), weights, ...(bias || residual ? [bias] : []), ...(residual ? [residual] : [])];
  const y = c.one('Conv', inputs, { ...windowOf(c, dims), group, activation });
  return slope ? c.one('PRelu', [y, slope], {}) : y;
}

const conv2d: GraphTranslation = (c) => convolutionOf(c, c.input(1), 1);

const depthwise: GraphTranslation = (c) => {
  const { weights, group } = depthwiseWeights(c);
  return convolutionOf(c, weights, group);
};

/** Rows of the operator table. */
export const CONV = {
  Conv2D: conv2d,
  _FusedConv2D: conv2d,
  DepthwiseConv2d: depthwise,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2dNative: depthwise,
};
