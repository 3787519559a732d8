/** Lowering of matrix products, which Gemm, MatMul and pointwise convolutions share. */
import { PRODUCT_WORKGROUP, productShader } from '../../shaders/product.ts';
import { hostArray } from '../core/dtype.ts';
import type { DeviceProfile } from '../core/limits.ts';
import type { Tensor } from '../core/tensor.ts';
import { ceilDiv, product as productOf, range } from '../util/arrays.ts';
import { dispatch1d, type CallOperand, type KernelCall } from './definition.ts';
import type { Epilogue } from './epilogue.ts';
import type { Placement } from '../core/placement.ts';
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
  /** Rows of a, when it is not transposed. */
  readonly aPlacement: Pick<Placement, 'offset' | 'pitch'>;
  readonly aType: 'f32' | 'f16';
  readonly b: CallOperand;
  readonly bType: 'f32' | 'f16';
  /** The elements of b, when it is a constant. */
  readonly constantB?: Tensor | undefined;
  /** Element strides of the bias; its operand is in the epilogue. */
  readonly bias?: { readonly rowStride: number; readonly columnStride: number } | undefined;
  /** Factors of the product and of the bias. */
  readonly scale?: { readonly alpha: number; readonly beta: number } | undefined;
  readonly epilogue: Epilogue;
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
  if (!constant || p.batch.length > 0 || constant.data.length * (p.bType === 'f16' ? 2 : 4) <= limit) {
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
function columnBlock(p: Product, { data }: Tensor, { first, width }: Omit<Columns, 'b'>): Tensor {
  const dtype = p.bType === 'f16' ? 'float16' : 'float32';
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
  const depths = [p.depth, p.aPlacement.offset, p.aPlacement.pitch, ...strides(0)];
  const depthVector = !p.transA && depths.every((n) => n % 4 === 0) ? 4 : 1;
  const columnVector = [p.columns, first, width].every((n) => n % 4 === 0) ? 4 : 1;
  return {
    shader: productShader({
      rows,
      depthVector,
      columnVector,
      outVector: columnVector === 4 && p.epilogue.vector ? 4 : 1,
      aType: p.aType,
      bType: p.bType,
      transA: p.transA,
      transB: p.transB,
      batchRank: p.batch.length,
      scaled: p.scale !== undefined,
      ...p.epilogue.spec,
    }),
    operands: [p.a, b, ...p.epilogue.operands],
    params: {
      count,
      rows: p.rows,
      depth: p.depth,
      columns: p.columns,
      first,
      width,
      tiles,
      quads,
      ...(p.transA ? {} : { a_offset: p.aPlacement.offset, a_pitch: p.aPlacement.pitch }),
      ...(p.bias ? { bias_row: p.bias.rowStride, bias_column: p.bias.columnStride } : {}),
      ...p.scale,
      ...listParams(
        'd',
        p.batch.map((d) => d.extent),
      ),
      ...listParams('s', strides(0)),
      ...listParams('t', strides(1)),
      ...p.epilogue.params,
    },
    workgroups: dispatch1d(count, PRODUCT_WORKGROUP, device),
  };
}
