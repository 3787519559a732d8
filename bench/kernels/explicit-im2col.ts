/**
 * The baseline that implicit kernels have to beat: a dispatch that copies every patch of the input into the row of a
 * matrix, then the best product kernel on that matrix.
 */
import { shaderModule, wgsl, type ShaderModule } from '../../shaders/lib/module.ts';
import { linearIndex } from '../../shaders/lib/index.ts';
import { u32 } from '../../shaders/lib/literal.ts';
import { vectorType } from '../../shaders/lib/numbers.ts';
import { WINDOW_PARAMS, X_PARAMS, type WindowSpec } from '../../shaders/lib/window.ts';
import type { OpKind } from '../../src/ir/ops.ts';
import { isPointwise } from '../../src/ir/shapes/pointwise.ts';
import { convPlan, type ConvContext } from '../../src/kernels/conv/shared.ts';
import { dispatch1d, value, type CallOperand, type LowerContext } from '../../src/kernels/definition.ts';
import { preferredProducts, productVariants } from '../../src/kernels/product/variants.ts';
import type { Product } from '../../src/kernels/product/product.ts';
import type { Candidate } from '../../src/plan/lower.ts';
import { product } from '../../src/util/arrays.ts';

const WORKGROUP = 64;

/** Copies patches: row = output pixel, column = (ky·KW + kx)·C + c; `width` channels per invocation. */
function im2colShader({ kernel, strides, dilations }: WindowSpec, width: 1 | 4): ShaderModule {
  const element = vectorType('f32', width);
  return shaderModule({
    bindings: [
      { name: 'x', access: 'read', element },
      { name: 'patches', access: 'read_write', element },
    ],
    params: { ...WINDOW_PARAMS, ...X_PARAMS, count: 'u32' },
    workgroupSize: [WORKGROUP, 1, 1],
    body: wgsl`
  ${linearIndex(WORKGROUP)}
  if (i >= params.count) { return; }
  let blocks = params.in_c / ${u32(width)};
  let block = i % blocks;
  let tap = (i / blocks) % ${u32(kernel[0] * kernel[1])};
  let pixel = i / blocks / ${u32(kernel[0] * kernel[1])};
  let line = pixel / params.out_w;
  let n = line / params.out_h;
  let iy = (line - n * params.out_h) * ${u32(strides[0])} + tap / ${u32(kernel[1])} * ${u32(dilations[0])} - params.pad_top;
  let ix = (pixel - line * params.out_w) * ${u32(strides[1])} + tap % ${u32(kernel[1])} * ${u32(dilations[1])} - params.pad_left;
  let at = (params.x_offset + ((n * params.in_h + iy) * params.in_w + ix) * params.x_pitch) / ${u32(width)} + block;
  patches[i] = select(${element}(), x[at], iy < params.in_h && ix < params.in_w);`,
  });
}

/** The baseline for a node: none for operators and convolutions that need no patches, or have groups or halves. */
export function explicitIm2col(context: LowerContext<OpKind>): readonly Candidate[] {
  if (context.node.op !== 'Conv') return [];
  const conv = context as unknown as ConvContext;
  const plan = convPlan(conv);
  const { spec, batch, params, epilogue, xParams, group, xType, wType, xVector } = plan;
  const pointwise = isPointwise(conv.node.attributes, spec.kernel);
  if (pointwise || group !== 1 || xType === 'f16' || wType === 'f16' || conv.inputs[4]) return [];
  const rows = batch * params.out_h * params.out_w;
  const depth = product(spec.kernel) * params.in_c;
  const patches: CallOperand = { kind: 'scratch', id: 'patches', elements: rows * depth };
  const matrix: Product = {
    rows,
    depth,
    columns: params.out_c,
    transA: false,
    transB: false,
    batch: [],
    a: patches,
    aPlacement: { offset: 0, pitch: depth },
    aType: 'f32',
    b: value(conv.node.inputs[1]),
    bType: 'f32',
    constantB: conv.constant(conv.node.inputs[1] ?? ''),
    bias: conv.node.inputs[2] ? { rowStride: 0, columnStride: 1 } : undefined,
    epilogue,
  };
  const order = preferredProducts(matrix, conv.device);
  const variants = productVariants<'Conv'>(() => matrix, { placed: true });
  const best = order.map((name) => variants.find((v) => v.name === name)?.tryLower(conv)).find((calls) => calls);
  if (!best) return [];
  const width = xVector ? 4 : 1;
  const count = (rows * depth) / width;
  const copy = {
    variant: 'explicit-im2col',
    shader: im2colShader(spec, width),
    operands: [value(conv.node.inputs[0]), patches],
    params: { ...params, ...xParams, count },
    workgroups: dispatch1d(count, WORKGROUP, conv.device),
  };
  return [{ variant: 'explicit-im2col', calls: [copy, ...best] }];
}
