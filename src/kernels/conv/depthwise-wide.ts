/** Depthwise convolution by kernels too wide to be unrolled: in runs of taps. */
import { convDepthwiseWideShader } from '../../../shaders/conv/depthwise-wide.ts';
import { at, ceilDiv, range } from '../../util/arrays.ts';
import { variant } from '../definition.ts';
import { stripPixels } from '../lib/window.ts';
import { depthwiseCall, WIDEST_UNROLLED } from './depthwise.ts';
import { convPlan, type ConvPlan } from './shared.ts';

/** Taps that are unrolled at a time: at least a few, and no more than registers hold with the columns they read. */
const RUNS = range(6).map((i) => i + 3);

/** The run that reads least over a row: `taps` weights, and the columns that the pixels of a strip see through them. */
function runFor(kernelWidth: number, pixels: number): number {
  const cost = (taps: number): number => ceilDiv(kernelWidth, taps) * (2 * taps + pixels - 1);
  return RUNS.reduce((best, taps) => (cost(taps) <= cost(best) ? taps : best), at(RUNS, 0));
}

/**
 * Output pixels along a row: more share what they read, and where registers are memory anyway that is all gain (56×56×96,
 * 9×9 on lavapipe: 17 ms with eight, 20 with four).
 */
function stripFor(width: number, adapterClass: string): 1 | 4 | 8 {
  return adapterClass === 'software' && width >= 8 ? 8 : stripPixels(width);
}

/** Convolutions of several groups of one channel. */
export const depthwiseWide = variant<'Conv', ConvPlan>(
  'depthwise-wide',
  (context) => {
    const plan = convPlan(context);
    const isDepthwise = plan.groupIn === 1 && plan.params.in_c > 1;
    return isDepthwise && plan.spec.kernel[1] > WIDEST_UNROLLED ? plan : undefined;
  },
  (context, plan) => {
    const kernelWidth = plan.spec.kernel[1];
    const pixels = stripFor(plan.params.out_w, context.device.adapterClass);
    const taps = runFor(kernelWidth, pixels);
    const more = { kernel_w: kernelWidth };
    return [depthwiseCall(context, plan, pixels, (spec) => convDepthwiseWideShader({ ...spec, taps }), more)];
  },
  { placed: true },
);
