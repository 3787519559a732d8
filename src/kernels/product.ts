/** Lowering of matrix products, which Gemm, MatMul and pointwise convolutions share. */
import { PRODUCT_WORKGROUP, productShader } from '../../shaders/product.ts';
import { hostArray } from '../core/dtype.ts';
import type { DeviceProfile } from '../core/limits.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Activation } from '../ir/ops.ts';
import { ceilDiv, product as productOf, range } from '../util/arrays.ts';
import { activationParams } from './activation.ts';
import { dispatch1d, type CallOperand, type KernelCall } from './definition.ts';
import { listParams, type StridedDim } from './strided.ts';

/** A product `[…batch, rows, depth]·[…batch, depth, columns]` and its tail. */
export interface Product {
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  readonly transA: boolean;
  readonly transB: boolean;
  /** Batch dimensions, collapsed, with the element strides of a and b. */
  readonly batch: readonly StridedDim[];
  readonly a: CallOperand;
  readonly b: CallOperand;
  /** The elements of b, when it is a constant. */
  readonly constantB?: Tensor | undefined;
  readonly bias?:
    { readonly operand: CallOperand; readonly rowStride: number; readonly columnStride: number } | undefined;
  readonly residual?: CallOperand | undefined;
  readonly y: CallOperand;
  /** Factors of the product and of the bias. */
  readonly scale?: { readonly alpha: number; readonly beta: number } | undefined;
  readonly activation: Activation;
}

/** The columns one dispatch makes: `b` holds only those. */
interface Columns {
  readonly b: CallOperand;
  readonly first: number;
  readonly width: number;
}

/**
 * The dispatches of a product, `rows` rows per invocation: one, or several when `b` is a constant larger than the
 * device binds at once (VGG's first fully connected layer has 411 MB), which is then cut into blocks of columns.
 */
export function productCalls(p: Product, rows: 1 | 4, device: DeviceProfile): Omit<KernelCall, 'variant'>[] {
  const constant = p.constantB;
  const limit = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  if (!constant || p.batch.length > 0 || constant.data.length * 4 <= limit) {
    return [productCall(p, rows, device, { b: p.b, first: 0, width: p.columns })];
  }
  // Whole multiples of 4 columns keep vector loads possible.
  const width = Math.max(4, Math.floor(limit / 4 / p.depth / 4) * 4);
  return range(ceilDiv(p.columns, width)).map((block) => {
    const first = block * width;
    const columns = { first, width: Math.min(width, p.columns - first) };
    return productCall(p, rows, device, {
      ...columns,
      b: { kind: 'constant', tensor: columnBlock(p, constant, columns) },
    });
  });
}

/** Some columns of b, contiguous: a view of the elements when they are stored column by column, a copy otherwise. */
function columnBlock(p: Product, { dtype, data }: Tensor, { first, width }: Omit<Columns, 'b'>): Tensor {
  if (p.transB) {
    return { dtype, shape: [width, p.depth], data: data.subarray(first * p.depth, (first + width) * p.depth) };
  }
  const block = hostArray(dtype, p.depth * width);
  for (let k = 0; k < p.depth; k++) {
    block.set(data.subarray(k * p.columns + first, k * p.columns + first + width), k * width);
  }
  return { dtype, shape: [p.depth, width], data: block };
}

function productCall(
  p: Product,
  rows: 1 | 4,
  device: DeviceProfile,
  { b, first, width }: Columns,
): Omit<KernelCall, 'variant'> {
  const tiles = ceilDiv(p.rows, rows);
  const quads = ceilDiv(width, 4);
  const batches = productOf(p.batch.map((d) => d.extent));
  const count = batches * tiles * quads;
  const strides = (which: 0 | 1): number[] => p.batch.map((d) => d.strides[which] ?? 0);
  return {
    shader: productShader({
      rows,
      depthVector: !p.transA && p.depth % 4 === 0 ? 4 : 1,
      columnVector: [p.columns, first, width].every((n) => n % 4 === 0) ? 4 : 1,
      transA: p.transA,
      transB: p.transB,
      batchRank: p.batch.length,
      scaled: p.scale !== undefined,
      bias: p.bias !== undefined,
      residual: p.residual !== undefined,
      activation: p.activation.kind,
    }),
    operands: [p.a, b, ...(p.bias ? [p.bias.operand] : []), ...(p.residual ? [p.residual] : []), p.y],
    params: {
      count,
      rows: p.rows,
      depth: p.depth,
      columns: p.columns,
      first,
      width,
      tiles,
      quads,
      ...(p.bias ? { bias_row: p.bias.rowStride, bias_column: p.bias.columnStride } : {}),
      ...p.scale,
      ...listParams(
        'd',
        p.batch.map((d) => d.extent),
      ),
      ...listParams('s', strides(0)),
      ...listParams('t', strides(1)),
      ...activationParams(p.activation),
    },
    workgroups: dispatch1d(count, PRODUCT_WORKGROUP, device),
  };
}
