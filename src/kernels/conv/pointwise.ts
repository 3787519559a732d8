/** 1×1 convolution at stride 1: a matrix product of pixels and weights. */
import { value, variant } from '../definition.ts';
import { productCalls } from '../product.ts';
import { convPlan, isPointwise, type ConvPlan } from './shared.ts';

export const pointwise = variant<'Conv', ConvPlan>(
  'pointwise',
  (context) => {
    const plan = convPlan(context);
    return isPointwise(context, plan) && plan.group === 1 ? plan : undefined;
  },
  (context, { batch, params, epilogue, xType, wType, xParams }) => {
    const { node, device } = context;
    const rows = batch * params.out_h * params.out_w;
    return productCalls(
      {
        rows,
        depth: params.in_c,
        columns: params.out_c,
        transA: false,
        transB: false,
        batch: [],
        a: value(node.inputs[0]),
        aPlacement: { offset: xParams.x_offset, pitch: xParams.x_pitch },
        aType: xType,
        b: value(node.inputs[1]),
        bType: wType,
        bias: node.inputs[2] ? { rowStride: 0, columnStride: 1 } : undefined,
        epilogue,
      },
      rows === 1 ? 1 : 4,
      device,
    );
  },
  { placed: true },
);
