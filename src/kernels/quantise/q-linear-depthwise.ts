/** The depthwise integer convolution → one dispatch: strips that slide down the image by four channels, or any four neighbours. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { qLinearDepthwiseShader } from '../../../shaders/quantise/q-linear-depthwise.ts';
import { qLinearDepthwiseSlideShader } from '../../../shaders/quantise/q-linear-depthwise-slide.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { dispatch1d } from '../definition.ts';
import { packDepthwise, type PackedWeights } from '../lib/int8-weights.ts';
import { lanesOf } from '../lib/lanes.ts';
import {
  heldIn,
  resultsOfConv,
  tapsOfConv,
  type QuantisedCall,
  type QuantisedConv,
  type QuantisedKernel,
} from '../lib/quantised-conv.ts';
import { isSlidingWindow, slideStrips, slidesWell, slideWidth } from '../lib/slide.ts';
import { windowShape } from '../lib/window.ts';

/** Every product takes one input channel. */
export function isQuantisedDepthwise({ window: { params }, group }: QuantisedConv): boolean {
  return params.in_c === group;
}

/** Channels are as many as the input's, and fill words of four. */
function fillsWords({ window: { params } }: QuantisedConv): boolean {
  return params.in_c === params.out_c && params.out_c % 4 === 0;
}

/** How x is stored, and how its sums are rescaled. */
function specOf({ storage, unsigned }: QuantisedConv, { rule, zeroPoints, small }: PackedWeights) {
  return { x: storage.x, unsigned, rule, small, zeroPoints, y: storage.y };
}

/** Values of the padding, and of what every result is held in. */
function paramsOf(conv: QuantisedConv, { params }: PackedWeights) {
  return { pad_word: params.pad_word, ...heldIn(conv) };
}

function slideKernel(name: string, sums: 'i32' | 'f32'): QuantisedKernel {
  return {
    name,
    calls: (conv, device) => {
      if (!isQuantisedDepthwise(conv) || !fillsWords(conv) || !isSlidingWindow(conv.window.spec)) return undefined;
      const weights = packDepthwise(conv.weights());
      return sums === 'i32' || weights.small ? slideCalls(conv, weights, sums, device) : undefined;
    },
  };
}

function slideCalls(
  conv: QuantisedConv,
  weights: PackedWeights,
  sums: 'i32' | 'f32',
  device: DeviceProfile,
): readonly QuantisedCall[] {
  if (resultsOfConv(conv) === 0) return [];
  const { x, y, window } = conv;
  const { kernel, strides } = window.spec;
  const { workgroup, params } = slideStrips(window, weights.params.blocks, device);
  const weightLoop = device.adapterClass === 'software';
  return [
    {
      shader: qLinearDepthwiseSlideShader({
        kernel,
        strides,
        pixels: slideWidth(window),
        workgroup,
        weightLoop,
        sums,
        ...specOf(conv, weights),
      }),
      operands: [x, weights.words, weights.channels, y],
      params: {
        ...window.params,
        ...params,
        ...(weightLoop ? { taps: tapsOfConv(conv) } : {}),
        ...paramsOf(conv, weights),
      },
      workgroups: dispatch1d(params.count, workgroup, device),
    },
  ];
}

const ANY_SHAPE: QuantisedKernel = {
  name: 'depthwise',
  calls: (conv, device) => {
    if (!isQuantisedDepthwise(conv)) return undefined;
    const { x, y, window } = conv;
    const elements = resultsOfConv(conv);
    if (elements === 0) return [];
    const weights = packDepthwise(conv.weights());
    const count = ceilDiv(elements, 4);
    return [
      {
        shader: qLinearDepthwiseShader({ ...specOf(conv, weights), fours: fillsWords(conv) }),
        operands: [x, weights.words, weights.channels, y],
        params: {
          count,
          ...window.params,
          ...windowShape(window),
          blocks: weights.params.blocks,
          multiplier: weights.params.group_out,
          last: elements - 1,
          ...paramsOf(conv, weights),
        },
        workgroups: dispatch1d(count, FLAT_WORKGROUP, device),
      },
    ];
  },
};

/** From the most special to the one that takes every depthwise convolution. */
export const QUANTISED_DEPTHWISE: readonly QuantisedKernel[] = [
  slideKernel('depthwise-slide', 'i32'),
  slideKernel('depthwise-slide-f32', 'f32'),
  ANY_SHAPE,
];

/**
 * Names of variants in the order in which they should be tried. GPUs multiply floats at full rate and integers at a quarter;
 * lavapipe unpacks to integers a step sooner.
 */
export function preferredQuantisedDepthwise({ window }: QuantisedConv, device: DeviceProfile): readonly string[] {
  if (!slidesWell(slideStrips(window, ceilDiv(window.params.out_c, 4), device), device)) return ['depthwise'];
  const integers = device.adapterClass === 'software' && lanesOf(device) === 'wide';
  return [...(integers ? [] : ['depthwise-slide-f32']), 'depthwise-slide', 'depthwise'];
}
