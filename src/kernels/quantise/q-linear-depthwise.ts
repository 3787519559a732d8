/** Depthwise QLinearConv → one dispatch: strips that slide down the image by four channels, or any four neighbours of the output. */
import { qLinearDepthwiseShader } from '../../../shaders/quantise/q-linear-depthwise.ts';
import { qLinearDepthwiseSlideShader } from '../../../shaders/quantise/q-linear-depthwise-slide.ts';
import { elementCount } from '../../core/tensor.ts';
import { dispatch1d, required, result, value, variant, type KernelCall, type Variant } from '../definition.ts';
import { flatVariant } from '../lib/flat.ts';
import { packDepthwise, type PackedWeights } from '../lib/int8-weights.ts';
import { lanesOf } from '../lib/lanes.ts';
import { heldIn } from '../lib/quantised-conv.ts';
import { isSlidingWindow, slideStrips, slidesWell, slideWidth } from '../lib/slide.ts';
import { windowShape, type PlanarWindow } from '../lib/window.ts';
import { weightSpec, quantisedWindow, type QuantisedConvContext } from './q-linear-conv-operands.ts';

/** Every product takes one input channel. */
export function isQuantisedDepthwise(context: QuantisedConvContext): boolean {
  return required(context, 3).shape.at(-2) === 1;
}

/** Channels are as many as the input's, and fill words of four. */
function fillsWords({ params }: PlanarWindow): boolean {
  return params.in_c === params.out_c && params.out_c % 4 === 0;
}

/** How x is stored, and how its sums are rescaled. */
function specOf(context: QuantisedConvContext, { rule, zeroPoints, small }: PackedWeights) {
  const x = required(context, 0);
  return { x: x.storage, unsigned: x.dtype === 'uint8', rule, small, zeroPoints, y: result(context).storage };
}

/** Values of the padding, and of what every result is held in. */
function paramsOf(context: QuantisedConvContext, { params }: PackedWeights) {
  return { pad_word: params.pad_word, ...heldIn(context, context.node.attributes.range) };
}

interface SlidePlan {
  readonly window: PlanarWindow;
  readonly weights: PackedWeights;
}

function slideVariant(name: string, sums: 'i32' | 'f32'): Variant<'QLinearConv'> {
  return variant<'QLinearConv', SlidePlan>(
    name,
    (context) => {
      if (!isQuantisedDepthwise(context)) return undefined;
      const window = quantisedWindow(context);
      if (!fillsWords(window) || !isSlidingWindow(window.spec)) return undefined;
      const weights = packDepthwise(weightSpec(context, window));
      return sums === 'i32' || weights.small ? { window, weights } : undefined;
    },
    (context, plan) => slideCalls(context, plan, sums),
  );
}

function slideCalls(
  context: QuantisedConvContext,
  { window, weights }: SlidePlan,
  sums: 'i32' | 'f32',
): readonly Omit<KernelCall, 'variant'>[] {
  if (elementCount(result(context).shape) === 0) return [];
  const { inputs, outputs } = context.node;
  const { kernel, strides } = window.spec;
  const { workgroup, params } = slideStrips(window, weights.params.blocks, context.device);
  const weightLoop = context.device.adapterClass === 'software';
  return [
    {
      shader: qLinearDepthwiseSlideShader({
        kernel,
        strides,
        pixels: slideWidth(window),
        workgroup,
        weightLoop,
        sums,
        ...specOf(context, weights),
      }),
      operands: [value(inputs[0]), weights.words, weights.channels, value(outputs[0])],
      params: {
        ...window.params,
        ...params,
        ...(weightLoop ? { taps: kernel[0] * kernel[1] } : {}),
        ...paramsOf(context, weights),
      },
      workgroups: dispatch1d(params.count, workgroup, context.device),
    },
  ];
}

const anyShape = flatVariant<'QLinearConv'>('depthwise', (context) => {
  if (!isQuantisedDepthwise(context)) return undefined;
  const { inputs, outputs } = context.node;
  const window = quantisedWindow(context);
  const weights = packDepthwise(weightSpec(context, window));
  const { params } = window;
  return {
    shader: qLinearDepthwiseShader({ ...specOf(context, weights), fours: fillsWords(window) }),
    operands: [value(inputs[0]), weights.words, weights.channels, value(outputs[0])],
    params: {
      ...params,
      ...windowShape(window),
      blocks: weights.params.blocks,
      multiplier: weights.params.group_out,
      last: Math.max(1, elementCount(result(context).shape)) - 1,
      ...paramsOf(context, weights),
    },
  };
});

/** From the most special to the one that takes every depthwise convolution. */
export const quantisedDepthwise: readonly Variant<'QLinearConv'>[] = [
  slideVariant('depthwise-slide', 'i32'),
  slideVariant('depthwise-slide-f32', 'f32'),
  anyShape,
];

/**
 * Names of variants in the order in which they should be tried. GPUs multiply floats at full rate and integers at a quarter;
 * lavapipe unpacks to integers a step sooner.
 */
export function preferredQuantisedDepthwise(context: QuantisedConvContext): readonly string[] {
  const { device } = context;
  const window = quantisedWindow(context);
  if (!slidesWell(slideStrips(window, Math.ceil(window.params.out_c / 4), device), device)) return ['depthwise'];
  const integers = device.adapterClass === 'software' && lanesOf(device) === 'wide';
  return [...(integers ? [] : ['depthwise-slide-f32']), 'depthwise-slide', 'depthwise'];
}
