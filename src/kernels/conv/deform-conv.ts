/** DeformConv: its samples as a matrix, then a product; or, of several groups or more columns than a buffer holds, in one. */
import { DEFORM_WORKGROUP, deformColumnsShader } from '../../../shaders/conv/deform-columns.ts';
import { deformConvShader } from '../../../shaders/conv/deform.ts';
import { FLOATS } from '../../core/dtype.ts';
import { largestBinding } from '../../core/limits.ts';
import { isVectorised } from '../../core/placement.ts';
import { bytesOf, floatStorage } from '../../core/storage.ts';
import { ceilDiv, product } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  value,
  variant,
  type CallOperand,
  type Dispatched,
  type KernelCall,
  type Variant,
} from '../definition.ts';
import { deformPlan, movedBy, type DeformContext, type DeformPlan } from './deform-plan.ts';
import { deformTiledCalls, preferredDeformTiles } from './deform-tiled.ts';
import { WHOLE_SUMS } from './whole-sums.ts';
import { PRODUCT_PARTS } from '../product/parts.ts';
import type { Product } from '../product/product.ts';
import { tiledName } from '../product/tiled.ts';
import { preferredProducts, productVariants } from '../product/variants.ts';

type Call = Omit<KernelCall, 'variant'>;

/** The samples, pixel by pixel. */
function columnsOf({ pixels, taps, inC }: DeformPlan): CallOperand {
  return { kind: 'scratch', id: 'columns', elements: pixels * taps * inC };
}

/** The product of samples and weights. Nothing where there are groups, or more samples than a buffer holds. */
function sampleProduct(context: DeformContext): Product | undefined {
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

function columnsCall(context: DeformContext): Call {
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

const TILED = 'samples-';

/** Samples go straight into the tiles of the product. */
const tiled: readonly Variant<'DeformConv'>[] = WHOLE_SUMS.map((tile) =>
  variant<'DeformConv', readonly Call[]>(
    TILED + tiledName(tile),
    (context) => deformTiledCalls(context, tile),
    (_, made) => made,
    { placed: true },
  ),
);

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
  variants: [...columns, ...tiled, direct],
  preferred: (context) => {
    const made = sampleProduct(context);
    const products = made ? preferredProducts(made, context.device).map((name) => PREFIX + name) : [];
    return [...preferredDeformTiles(context, TILED), ...products];
  },
  // x, w, offset, bias, mask
  inputs: [{ dtypes: FLOATS, storage: ['f16'], lies: 'rows' }, { storage: ['f16'] }, {}, {}, { storage: ['f16'] }],
  outputs: { storage: ['f16'], lies: 'channels' },
  chooses: () => [2],
  parts: PRODUCT_PARTS,
};
