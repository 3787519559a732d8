/** Convolution → a matrix product (1×1), a depthwise kernel, or the direct one that takes every shape. */
import { convDepthwiseShader, DEPTHWISE_WORKGROUP } from '../../shaders/conv-depthwise.ts';
import { convDirectShader, DIRECT_WORKGROUP } from '../../shaders/conv-direct.ts';
import { at, ceilDiv, product } from '../util/arrays.ts';
import { activationParams } from './activation.ts';
import {
  dispatch1d,
  required,
  value,
  variant,
  type CallOperand,
  type KernelDefinition,
  type LowerContext,
} from './definition.ts';
import { productCalls } from './product.ts';
import { planarWindow, stripPixels, type PlanarWindow } from './window.ts';

type Context = LowerContext<'Conv'>;

function windowOf(context: Context): PlanarWindow {
  return planarWindow(context, context.node.attributes, required(context, 1).shape.slice(0, -2));
}

/** Fields of the epilogue's spec. */
function epilogue({ node }: Context) {
  return {
    bias: Boolean(node.inputs[2]),
    residual: Boolean(node.inputs[3]),
    activation: node.attributes.activation.kind,
  };
}

/** x, w, bias?, residual?, y: the binding order of all convolution shaders. */
function operands({ node }: Context): CallOperand[] {
  return [...node.inputs.slice(0, 4).filter((name) => name !== ''), at(node.outputs, 0)].map(value);
}

/** Kernels wider than this are not unrolled. */
const WIDEST_UNROLLED = 7;

const pointwise = variant<'Conv', PlanarWindow>(
  'pointwise',
  (context) => {
    const plan = windowOf(context);
    const unit = [...plan.spec.kernel, ...plan.spec.strides].every((v) => v === 1);
    const unpadded = context.node.attributes.pads.every((v) => v === 0);
    return unit && unpadded && context.node.attributes.group === 1 ? plan : undefined;
  },
  ({ node, device }, { batch, params }) => {
    const rows = batch * params.out_h * params.out_w;
    const bias = node.inputs[2] ? { operand: value(node.inputs[2]), rowStride: 0, columnStride: 1 } : undefined;
    return productCalls(
      {
        rows,
        depth: params.in_c,
        columns: params.out_c,
        transA: false,
        transB: false,
        batch: [],
        a: value(node.inputs[0]),
        b: value(node.inputs[1]),
        bias,
        residual: node.inputs[3] ? value(node.inputs[3]) : undefined,
        y: value(node.outputs[0]),
        activation: node.attributes.activation,
      },
      rows === 1 ? 1 : 4,
      device,
    );
  },
);

const depthwise = variant<'Conv', PlanarWindow>(
  'depthwise',
  (context) => {
    const plan = windowOf(context);
    const perChannel = context.node.attributes.group === plan.params.in_c;
    return perChannel && plan.spec.kernel[1] <= WIDEST_UNROLLED ? plan : undefined;
  },
  (context, { spec, batch, params }) => {
    const multiplier = params.out_c / params.in_c;
    const width = multiplier === 1 && params.out_c % 4 === 0 ? 4 : 1;
    const pixels = stripPixels(params.out_w);
    const blocks = params.out_c / width;
    const strips = ceilDiv(params.out_w, pixels);
    const count = batch * params.out_h * strips * blocks;
    return [
      {
        shader: convDepthwiseShader({ window: spec, pixels, width, ...epilogue(context) }),
        operands: operands(context),
        params: {
          ...params,
          count,
          blocks,
          strips,
          multiplier,
          kernel_h: spec.kernel[0],
          ...activationParams(context.node.attributes.activation),
        },
        workgroups: dispatch1d(count, DEPTHWISE_WORKGROUP, context.device),
      },
    ];
  },
);

const direct = variant<'Conv', PlanarWindow>('direct', windowOf, (context, { spec, batch, params }) => {
  const { group, activation } = context.node.attributes;
  const groupIn = params.in_c / group;
  const groupOut = params.out_c / group;
  const pixels = stripPixels(params.out_w);
  const groupBlocks = ceilDiv(groupOut, 4);
  const blocks = groupBlocks * group;
  const strips = ceilDiv(params.out_w, pixels);
  const count = product([batch, params.out_h, strips, blocks]);
  return [
    {
      shader: convDirectShader({
        window: spec,
        pixels,
        inVector: groupIn % 4 === 0 ? 4 : 1,
        outVector: groupOut % 4 === 0 ? 4 : 1,
        ...epilogue(context),
      }),
      operands: operands(context),
      params: {
        ...params,
        count,
        blocks,
        strips,
        group_in: groupIn,
        group_out: groupOut,
        group_blocks: groupBlocks,
        ...activationParams(activation),
      },
      workgroups: dispatch1d(count, DIRECT_WORKGROUP, context.device),
    },
  ];
});

export const conv: KernelDefinition<'Conv'> = { kind: 'dispatch', variants: [pointwise, depthwise, direct] };
