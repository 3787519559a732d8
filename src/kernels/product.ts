/** Lowering of matrix products, which Gemm, MatMul and pointwise convolutions share. */
import { PRODUCT_WORKGROUP, productShader } from '../../shaders/product.ts';
import type { DeviceProfile } from '../core/limits.ts';
import type { Activation } from '../ir/ops.ts';
import { ceilDiv, product as productOf } from '../util/arrays.ts';
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
  readonly bias?:
    { readonly operand: CallOperand; readonly rowStride: number; readonly columnStride: number } | undefined;
  readonly residual?: CallOperand | undefined;
  readonly y: CallOperand;
  /** Factors of the product and of the bias. */
  readonly scale?: { readonly alpha: number; readonly beta: number } | undefined;
  readonly activation: Activation;
}

/** The dispatch of a product, `rows` rows per invocation. */
export function productCall(p: Product, rows: 1 | 4, device: DeviceProfile): Omit<KernelCall, 'variant'> {
  const tiles = ceilDiv(p.rows, rows);
  const quads = ceilDiv(p.columns, 4);
  const batches = productOf(p.batch.map((d) => d.extent));
  const count = batches * tiles * quads;
  const strides = (which: 0 | 1): number[] => p.batch.map((d) => d.strides[which] ?? 0);
  return {
    shader: productShader({
      rows,
      depthVector: !p.transA && p.depth % 4 === 0 ? 4 : 1,
      columnVector: p.columns % 4 === 0 ? 4 : 1,
      transA: p.transA,
      transB: p.transB,
      batchRank: p.batch.length,
      scaled: p.scale !== undefined,
      bias: p.bias !== undefined,
      residual: p.residual !== undefined,
      activation: p.activation.kind,
    }),
    operands: [p.a, p.b, ...(p.bias ? [p.bias.operand] : []), ...(p.residual ? [p.residual] : []), p.y],
    params: {
      count,
      rows: p.rows,
      depth: p.depth,
      columns: p.columns,
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
