/** Translations of convolutions of two dimensions. */
import type { Shape } from '../../../core/tensor.ts';
import type { Activation, Window } from '../../../ir/ops.ts';
import type { OperatorContext, TfliteTranslation } from '../context.ts';
import { windowOf } from './window.ts';

/** The extents of a filter, which has `rank` dimensions. */
export function filterShape(c: OperatorContext, rank: number): Shape {
  const shape = c.shape(1);
  return shape.length === rank ? shape : c.fail(`has a filter of shape [${shape.join(', ')}]`);
}

/** Channels of the images. */
export function imageChannels(c: OperatorContext, index = 0): number {
  const { signature } = c.tensor(index);
  const channels = signature.at(-1) ?? 0;
  return channels > 0 ? channels : c.fail('has images of no known number of channels');
}

/** Emits the convolutionWith: its bias is input 2, where there is one. */
export function convolutionWith(
  c: OperatorContext,
  weights: string,
  attributes: Window & { readonly group: number; readonly activation: Activation },
): string {
  const bias = c.input(2, true);
  return c.one('Conv', [c.input(0), weights, ...(bias ? [bias] : [])], attributes);
}

/** A convolution as a file has it: its filter rearranged, and the code of the activation behind it. */
export interface PlannedConv {
  readonly weights: string;
  readonly window: Window;
  readonly group: number;
  readonly activation: number;
}

function floatConv(c: OperatorContext, { weights, window, group, activation }: PlannedConv): string {
  return convolutionWith(c, weights, { ...window, group, activation: c.fused(activation) });
}

/** Filters are `[O, H, W, I]`; fewer channels than the images have are those of one group. */
export function plannedConv2d(c: OperatorContext): PlannedConv {
  const options = c.options('Conv2D');
  const [outputs = 0, , , inputs = 0] = filterShape(c, 4);
  const group = imageChannels(c) / inputs;
  if (!Number.isInteger(group) || outputs % group !== 0) {
    c.fail(`has filters of ${inputs} channels for images of ${imageChannels(c)}`);
  }
  const weights = c.transposed(1, [1, 2, 3, 0]);
  return { weights, window: windowOf(c, options), group, activation: options.activation };
}

/** Filters are `[1, H, W, C·multiplier]`: a channel's outputs are neighbours. */
export function plannedDepthwise(c: OperatorContext): PlannedConv {
  const options = c.options('DepthwiseConv2D');
  const [one = 0, height = 0, width = 0, outputs = 0] = filterShape(c, 4);
  const group = imageChannels(c);
  if (one !== 1 || outputs % group !== 0) {
    c.fail(`has a filter of shape [${c.shape(1).join(', ')}] for ${group} channels`);
  }
  const weights = c.arranged(1, {
    arrange: (filter) => c.reshape(filter, [height, width, 1, outputs]),
    // Of the same elements in the same order, only the dimension of one moves.
    axis: (axis) => [2, 0, 1, 3][axis] ?? axis,
  });
  return { weights, window: windowOf(c, options), group, activation: options.activation };
}

const conv2d: TfliteTranslation = (c) => floatConv(c, plannedConv2d(c));
const depthwise: TfliteTranslation = (c) => floatConv(c, plannedDepthwise(c));

/** Rows of the operator table. */
export const CONV = { CONV_2D: conv2d, DEPTHWISE_CONV_2D: depthwise };
