/** DeformConv: its samples as a matrix, then a product; or, of several groups or more columns than a buffer holds, in one. */
import { DEFORM_WORKGROUP, deformColumnsShader } from '../../../shaders/conv/deform-columns.ts';
import { deformConvShader } from '../../../shaders/conv/deform.ts';
import { FLOATS } from '../../core/dtype.ts';
import { largestBinding } from '../../core/limits.ts';
import { isVectorised } from '../../core/placement.ts';
import { bytesOf, floatStorage, type FloatStorage } from '../../core/storage.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type CallOperand,
  type Dispatched,
  type KernelCall,
  type LowerContext,
  type Variant,
} from '../definition.ts';
import { epilogueOf, type Epilogue } from '../lib/epilogue.ts';
import { PRODUCT_PARTS } from '../product/parts.ts';
import type { Product } from '../product/product.ts';
import { preferredProducts, productVariants } from '../product/variants.ts';

type Context = LowerContext<'DeformConv'>;
type Call = Omit<KernelCall, 'variant'>;

/** A deformable convolution as its variants see it. */
interface DeformPlan {
  readonly pixels: number;
  readonly taps: number;
  readonly inC: number;
  readonly outC: number;
  /** Channels of an offset group. */
  readonly each: number;
  readonly epilogue: Epilogue;
  readonly types: {
    readonly xType: FloatStorage;
    readonly maskType: FloatStorage | undefined;
  };
  /** Values for `DEFORM_PARAMS` and `X_PARAMS`. */
  readonly params: Readonly<Record<string, number>>;
}

function deformPlan(context: Context): DeformPlan {
  const { strides, dilations, pads, offsetGroup, activation } = context.node.attributes;
  const [x, w, mask] = [required(context, 0), required(context, 1), context.inputs[4]];
  const [inH, inW, inC] = [at(x.shape, 1), at(x.shape, 2), at(x.shape, 3)];
  const [batch, outH, outW, outC] = [0, 1, 2, 3].map((i) => at(result(context).shape, i)) as [
    number,
    number,
    number,
    number,
  ];
  const [kernelH, kernelW] = [at(w.shape, 0), at(w.shape, 1)];
  return {
    pixels: batch * outH * outW,
    taps: kernelH * kernelW,
    inC,
    outC,
    each: inC / offsetGroup,
    epilogue: epilogueOf(context, activation, { bias: 3 }),
    types: { xType: floatStorage(x), maskType: mask && floatStorage(mask) },
    params: {
      in_h: inH,
      in_w: inW,
      out_h: outH,
      out_w: outW,
      kernel_h: kernelH,
      kernel_w: kernelW,
      stride_h: at(strides, 0),
      stride_w: at(strides, 1),
      dilation_h: at(dilations, 0),
      dilation_w: at(dilations, 1),
      pad_top: at(pads, 0),
      pad_left: at(pads, 1),
      offset_groups: offsetGroup,
      x_offset: x.placement.offset,
      x_pitch: x.placement.pitch,
    },
  };
}

/** Offsets, and masks where there are any. */
function movedBy({ node }: Context): CallOperand[] {
  const [, , offset, , mask] = node.inputs;
  return [value(offset), ...(mask ? [value(mask)] : [])];
}

/** The samples, pixel by pixel. */
function columnsOf({ pixels, taps, inC }: DeformPlan): CallOperand {
  return { kind: 'scratch', id: 'columns', elements: pixels * taps * inC };
}

/** The product of samples and weights. Nothing where there are groups, or more samples than a buffer holds. */
function sampleProduct(context: Context): Product | undefined {
  const plan = deformPlan(context);
  const { pixels, taps, inC, outC, epilogue } = plan;
  const depth = taps * inC;
  const fits = bytesOf('f32', pixels * depth) <= largestBinding(context.device);
  if (context.node.attributes.group !== 1 || !fits || pixels === 0) return undefined;
  const weights = context.node.inputs[1] ?? '';
  return {
    rows: pixels,
    depth,
    columns: outC,
    transA: false,
    transB: false,
    batch: [],
    a: columnsOf(plan),
    aPlacement: { offset: 0, pitch: depth },
    aType: 'f32',
    b: value(weights),
    bType: floatStorage(required(context, 1)),
    constantB: context.constant(weights),
    bias: epilogue.spec.bias ? { rowStride: 0, columnStride: 1 } : undefined,
    epilogue,
  };
}

/**
 * Invocations that share the channels of a sample out, so that neighbours read neighbouring vectors. On software adapters one
 * has them all: there a position costs more than loads that are apart.
 */
const MOST_CHUNKS = 16;

function columnsCall(context: Context): Call {
  const plan = deformPlan(context);
  const { pixels, taps, each, types, params } = plan;
  const x = required(context, 0);
  const width = isVectorised(x.placement, x.shape) && each % 4 === 0 ? 4 : 1;
  const vectors = each / width;
  const chunks = context.device.adapterClass === 'software' ? 1 : Math.min(MOST_CHUNKS, vectors);
  const count = product([pixels, taps, context.node.attributes.offsetGroup, chunks]);
  return {
    shader: deformColumnsShader({ width, ...types }),
    operands: [value(context.node.inputs[0]), ...movedBy(context), columnsOf(plan)],
    params: { ...params, count, vectors, chunks },
    workgroups: dispatch1d(count, DEFORM_WORKGROUP, context.device),
  };
}

const PREFIX = 'columns-';

/** Samples first, then one of the products. */
const columns: readonly Variant<'DeformConv'>[] = productVariants<'DeformConv'>(sampleProduct, {
  prefix: PREFIX,
  placed: true,
}).map(({ name, tryLower }) => ({
  name,
  tryLower: (context) => {
    const calls = tryLower(context);
    return calls && [{ variant: name, ...columnsCall(context) }, ...calls];
  },
}));

const direct = variant<'DeformConv', DeformPlan>(
  'direct',
  deformPlan,
  (context, { pixels, inC, outC, each, epilogue, types, params }) => {
    const { group } = context.node.attributes;
    const [x, w] = [required(context, 0), required(context, 1)];
    const [groupIn, groupOut] = [inC / group, outC / group];
    const groupBlocks = ceilDiv(groupOut, 4);
    const blocks = groupBlocks * group;
    const count = pixels * blocks;
    const weightVector = groupOut % 4 === 0 ? 4 : 1;
    const inVector = isVectorised(x.placement, x.shape) && groupIn % 4 === 0 && each % 4 === 0 ? 4 : 1;
    const outVector = weightVector === 4 && epilogue.vector ? 4 : 1;
    return [
      {
        shader: deformConvShader({
          inVector,
          weightVector,
          outVector,
          ...types,
          wType: floatStorage(w),
          ...epilogue.spec,
        }),
        operands: [
          value(context.node.inputs[0]),
          value(context.node.inputs[1]),
          ...movedBy(context),
          ...epilogue.operands,
        ],
        params: {
          ...params,
          ...epilogue.params,
          count,
          each,
          out_c: outC,
          blocks,
          group_in: groupIn,
          group_out: groupOut,
          group_blocks: groupBlocks,
        },
        workgroups: dispatch1d(count, DEFORM_WORKGROUP, context.device),
      },
    ];
  },
  { placed: true },
);

export const deformConv: Dispatched<'DeformConv'> = {
  kind: 'dispatch',
  variants: [...columns, direct],
  preferred: (context) => {
    const made = sampleProduct(context);
    return made ? preferredProducts(made, context.device).map((name) => PREFIX + name) : [];
  },
  // x, w, offset, bias, mask
  inputs: [{ dtypes: FLOATS, storage: ['f16'], lies: 'rows' }, { storage: ['f16'] }, {}, {}, { storage: ['f16'] }],
  outputs: { storage: ['f16'], lies: 'channels' },
  chooses: () => [2],
  parts: PRODUCT_PARTS,
};
