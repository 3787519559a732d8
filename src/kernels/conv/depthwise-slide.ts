/** Depthwise convolution by strips that slide down the image: the fewest loads for an output. */
import { convDepthwiseSlideShader, type ConvDepthwiseSlideSpec } from '../../../shaders/conv/depthwise-slide.ts';
import type { ShaderModule } from '../../../shaders/lib/module.ts';
import { dispatch1d, variant, type KernelCall, type Variant } from '../definition.ts';
import { isSlidingWindow, SLIDE_WIDTHS, slideStrips, slidesWell, slideWidth, type Strips } from '../lib/slide.ts';
import { convOperands, convPlan, type ConvContext, type ConvPlan } from './shared.ts';

/** `depthwise-slide-4`: the width of the strips. */
export const depthwiseSlides: readonly Variant<'Conv'>[] = SLIDE_WIDTHS.map((pixels) =>
  variant<'Conv', ConvPlan>(
    `depthwise-slide-${pixels}`,
    (context) => {
      const plan = convPlan(context);
      return isSliding(plan) && slideWidth(plan) === pixels ? plan : undefined;
    },
    (context, plan) => [call(context, plan, pixels)],
    { placed: true },
  ),
);

/** Whether the shader has what this convolution needs. */
function isSliding({ spec, groupIn, groupOut, params }: ConvPlan): boolean {
  return groupIn === 1 && groupOut === 1 && params.in_c > 1 && isSlidingWindow(spec);
}

/** Channels of a strip: four where all operands allow vectors. */
export function slideChannels({ xVector, epilogue }: ConvPlan): 1 | 4 {
  return xVector && epilogue.vector ? 4 : 1;
}

function stripsOf(plan: ConvPlan, { device }: ConvContext): Strips {
  return slideStrips(plan, plan.params.out_c / slideChannels(plan), device);
}

/** Names of variants in the order in which they should be tried; none where no strip slides. */
export function preferredSlide(context: ConvContext): readonly string[] {
  const plan = convPlan(context);
  if (!isSliding(plan)) return [];
  return [slidesWell(stripsOf(plan, context), context.device) ? `depthwise-slide-${slideWidth(plan)}` : 'depthwise'];
}

function call(context: ConvContext, plan: ConvPlan, pixels: number): Omit<KernelCall, 'variant'> {
  const { kernel, strides } = plan.spec;
  return slideCall(context, plan, stripsOf(plan, context), (spec) =>
    convDepthwiseSlideShader({ kernel, strides, pixels, ...spec }),
  );
}

/** The dispatch of a kernel whose strips slide; `more` are the parameters it has beside theirs. */
export function slideCall(
  context: ConvContext,
  plan: ConvPlan,
  strips: Strips,
  shaderOf: (spec: Omit<ConvDepthwiseSlideSpec, 'kernel' | 'strides' | 'pixels'>) => ShaderModule,
  more: Readonly<Record<string, number>> = {},
): Omit<KernelCall, 'variant'> {
  const { spec, params, epilogue, xType, wType, xParams } = plan;
  const { device } = context;
  const software = device.adapterClass === 'software';
  const taps = software ? { taps: spec.kernel[0] * spec.kernel[1] } : {};
  return {
    shader: shaderOf({
      width: slideChannels(plan),
      workgroup: strips.workgroup,
      weightLoop: software,
      xType,
      wType,
      ...epilogue.spec,
    }),
    operands: convOperands(plan),
    params: { ...params, ...xParams, ...strips.params, ...more, ...taps, ...epilogue.params },
    workgroups: dispatch1d(strips.params.count, strips.workgroup, device),
  };
}
