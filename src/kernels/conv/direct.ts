/** Convolution of any shape, groups and placement: the generic variant. */
import { floatStorage } from '../../core/storage.ts';
import { convDirectShader, DIRECT_WORKGROUP } from '../../../shaders/conv/direct.ts';
import { ceilDiv, product } from '../../util/arrays.ts';
import { dispatch1d, variant } from '../definition.ts';
import { stripPixels } from '../lib/window.ts';
import { convOperands, convPlan, type ConvPlan } from './shared.ts';

export const direct = variant<'Conv', ConvPlan>(
  'direct',
  convPlan,
  (context, plan) => {
    const { spec, batch, params, group, groupIn, groupOut, epilogue, xType, wType, xVector, xParams } = plan;
    const scale = context.inputs[4];
    const pixels = stripPixels(params.out_w);
    const groupBlocks = ceilDiv(groupOut, 4);
    const blocks = groupBlocks * group;
    const strips = ceilDiv(params.out_w, pixels);
    const count = product([batch, params.out_h, strips, blocks]);
    const weightVector = groupOut % 4 === 0 ? 4 : 1;
    return [
      {
        shader: convDirectShader({
          window: spec,
          pixels,
          inVector: xVector && groupIn % 4 === 0 ? 4 : 1,
          weightVector,
          outVector: weightVector === 4 && epilogue.vector ? 4 : 1,
          xType,
          wType,
          scaleType: scale && floatStorage(scale),
          ...epilogue.spec,
        }),
        operands: convOperands(plan),
        params: {
          ...params,
          ...xParams,
          count,
          blocks,
          strips,
          group_in: groupIn,
          group_out: groupOut,
          group_blocks: groupBlocks,
          ...epilogue.params,
        },
        workgroups: dispatch1d(count, DIRECT_WORKGROUP, context.device),
      },
    ];
  },
  { placed: true },
);
