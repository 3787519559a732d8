/** Depthwise convolution: every input channel by itself, times the channel multiplier. */
import { convDepthwiseShader } from '../../../shaders/conv/depthwise.ts';
import { DEPTHWISE_WORKGROUP, type DepthwiseStripSpec } from '../../../shaders/lib/depthwise.ts';
import type { ShaderModule } from '../../../shaders/lib/module.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { dispatch1d, variant, type KernelCall } from '../definition.ts';
import { stripPixels } from '../lib/window.ts';
import { convOperands, convPlan, type ConvContext, type ConvPlan } from './shared.ts';

/** Kernels wider than this are not unrolled. */
export const WIDEST_UNROLLED = 7;

export const depthwise = variant<'Conv', ConvPlan>(
  'depthwise',
  (context) => {
    const plan = convPlan(context);
    return plan.groupIn === 1 && plan.spec.kernel[1] <= WIDEST_UNROLLED ? plan : undefined;
  },
  (context, plan) => [depthwiseCall(context, plan, stripPixels(plan.params.out_w), convDepthwiseShader)],
  { placed: true },
);

/** The dispatch of a kernel that makes strips of so many `pixels`; `more` are the parameters it has beside theirs. */
export function depthwiseCall<P extends number>(
  context: ConvContext,
  plan: ConvPlan,
  pixels: P,
  shaderOf: (spec: DepthwiseStripSpec & { readonly pixels: P }) => ShaderModule,
  more: Readonly<Record<string, number>> = {},
): Omit<KernelCall, 'variant'> {
  const { spec, batch, params, epilogue, xType, wType, xVector, xParams } = plan;
  const multiplier = params.out_c / params.in_c;
  const width = multiplier === 1 && xVector && epilogue.vector ? 4 : 1;
  const blocks = params.out_c / width;
  const strips = ceilDiv(params.out_w, pixels);
  const count = batch * params.out_h * strips * blocks;
  return {
    shader: shaderOf({ window: spec, pixels, width, xType, wType, ...epilogue.spec }),
    operands: convOperands(plan),
    params: {
      ...params,
      ...xParams,
      count,
      blocks,
      strips,
      multiplier,
      kernel_h: spec.kernel[0],
      ...more,
      ...epilogue.params,
    },
    workgroups: dispatch1d(count, DEPTHWISE_WORKGROUP, context.device),
  };
}
