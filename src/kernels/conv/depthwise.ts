/** Depthwise convolution: every input channel by itself, times the channel multiplier. */
import { convDepthwiseShader, DEPTHWISE_WORKGROUP } from '../../../shaders/conv/depthwise.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { dispatch1d, variant } from '../definition.ts';
import { stripPixels } from '../lib/window.ts';
import { convOperands, convPlan, type ConvPlan } from './shared.ts';

/** Kernels wider than this are not unrolled. */
export const WIDEST_UNROLLED = 7;

export const depthwise = variant<'Conv', ConvPlan>(
  'depthwise',
  (context) => {
    const plan = convPlan(context);
    return plan.groupIn === 1 && plan.spec.kernel[1] <= WIDEST_UNROLLED ? plan : undefined;
  },
  (context, plan) => {
    const { spec, batch, params, epilogue, xType, wType, xVector, xParams } = plan;
    const multiplier = params.out_c / params.in_c;
    const width = multiplier === 1 && xVector && epilogue.vector ? 4 : 1;
    const pixels = stripPixels(params.out_w);
    const blocks = params.out_c / width;
    const strips = ceilDiv(params.out_w, pixels);
    const count = batch * params.out_h * strips * blocks;
    return [
      {
        shader: convDepthwiseShader({ window: spec, pixels, width, xType, wType, ...epilogue.spec }),
        operands: convOperands(context, plan),
        params: {
          ...params,
          ...xParams,
          count,
          blocks,
          strips,
          multiplier,
          kernel_h: spec.kernel[0],
          ...epilogue.params,
        },
        workgroups: dispatch1d(count, DEPTHWISE_WORKGROUP, context.device),
      },
    ];
  },
  { placed: true },
);
