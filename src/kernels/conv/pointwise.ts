/** 1×1 convolution at stride 1: a matrix product of pixels and weights. */
import { floatStorage } from '../../core/storage.ts';
import { isPointwise } from '../../ir/shapes/pointwise.ts';
import { value } from '../definition.ts';
import type { Product } from '../product/product.ts';
import { preferredProducts, productVariants } from '../product/variants.ts';
import { convPlan, type ConvContext } from './shared.ts';

/** The product that a convolution is: rows are pixels. Nothing where it is not pointwise. */
function pointwiseProduct(context: ConvContext): Product | undefined {
  const plan = convPlan(context, { scatters: context.siblings.scatters });
  if (!isPointwise(context.node.attributes, plan.spec.kernel) || plan.group !== 1) return undefined;
  const { node } = context;
  const scale = context.inputs[4];
  const { batch, params, epilogue, xType, wType, xParams } = plan;
  return {
    rows: batch * params.out_h * params.out_w,
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
    constantB: context.constant(node.inputs[1] ?? ''),
    bias: epilogue.spec.bias ? { rowStride: 0, columnStride: 1 } : undefined,
    gate: scale && {
      operand: value(node.inputs[4]),
      type: floatStorage(scale),
      rows: params.out_h * params.out_w,
    },
    epilogue,
  };
}

const PREFIX = 'pointwise-';

export const pointwise = productVariants<'Conv'>(pointwiseProduct, { prefix: PREFIX, placed: true });

/** Names of these variants in the order in which they should be tried; none where the convolution is not pointwise. */
export function preferredPointwise(context: ConvContext): string[] {
  const product = pointwiseProduct(context);
  return product ? preferredProducts(product, context.device).map((name) => PREFIX + name) : [];
}
