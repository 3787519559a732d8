/** Depthwise convolution with holes between its taps: strips that slide down each of the images it is dense over. */
import { convDepthwiseDilatedShader } from '../../../shaders/conv/depthwise-dilated.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { variant } from '../definition.ts';
import { isSlidingWindow, slidesWell, stripsOver, type Strips } from '../lib/slide.ts';
import { slideChannels, slideCall } from './depthwise-slide.ts';
import { convPlan, type ConvContext, type ConvPlan } from './shared.ts';

const NAME = 'depthwise-dilated';

/** Pixels of a strip, and how many strips there are. */
interface Layout {
  readonly pixels: number;
  readonly strips: Strips;
  /** Values for `DILATED_PARAMS` beside those of strips. */
  readonly params: Readonly<Record<string, number>>;
}

/** Widths of a strip, in pixels. */
const WIDTHS = [4, 3, 2] as const;

/** The width that reads the fewest columns along `width` pixels. */
function widthFor(width: number, kernelWidth: number): number {
  const columns = (pixels: number): number => ceilDiv(width, pixels) * (pixels + kernelWidth - 1);
  return WIDTHS.reduce<number>((best, pixels) => (columns(pixels) < columns(best) ? pixels : best), WIDTHS[0]);
}

/** One tap has no dilation. */
function dilationsOf({ spec: { kernel, dilations } }: ConvPlan): readonly [number, number] {
  return [kernel[0] > 1 ? dilations[0] : 1, kernel[1] > 1 ? dilations[1] : 1];
}

/** Whether the shader has what this convolution needs. With dilations beyond the output some of the images would be empty. */
function isDilatedSlide(plan: ConvPlan): boolean {
  const { spec, groupIn, groupOut, params } = plan;
  const [vertical, horizontal] = dilationsOf(plan);
  const isDepthwise = groupIn === 1 && groupOut === 1 && params.in_c > 1 && spec.strides.every((s) => s === 1);
  return (
    isDepthwise &&
    isSlidingWindow({ ...spec, dilations: [1, 1] }) &&
    vertical <= params.out_h &&
    horizontal <= params.out_w
  );
}

function layoutOf(plan: ConvPlan, { device }: ConvContext): Layout {
  const { batch, params, spec } = plan;
  const [vertical, horizontal] = dilationsOf(plan);
  const pixels = widthFor(ceilDiv(params.out_w, horizontal), spec.kernel[1]);
  const along = ceilDiv(ceilDiv(params.out_w, horizontal), pixels) * horizontal;
  const blocks = params.out_c / slideChannels(plan);
  return {
    pixels,
    strips: stripsOver(batch * vertical, along, ceilDiv(params.out_h, vertical), blocks, device),
    params: { dilation_h: vertical, dilation_w: horizontal },
  };
}

/** The variant, and when to try it first. */
export const depthwiseDilated = {
  variant: variant<'Conv', ConvPlan>(
    NAME,
    (context) => {
      const plan = convPlan(context);
      return isDilatedSlide(plan) ? plan : undefined;
    },
    (context, plan) => {
      const { pixels, strips, params } = layoutOf(plan, context);
      const { kernel } = plan.spec;
      return [
        slideCall(context, plan, strips, (spec) => convDepthwiseDilatedShader({ kernel, pixels, ...spec }), params),
      ];
    },
    { placed: true },
  ),
  preferred: (context: ConvContext): readonly string[] => {
    const plan = convPlan(context);
    return isDilatedSlide(plan) && slidesWell(layoutOf(plan, context).strips, context.device)
      ? [NAME]
      : ['depthwise', 'depthwise-wide'];
  },
};
