/** A matrix product as its variants see it: operands, how they may be loaded, and parameters. */
import { bytesOf, elementsIn, isPacked, type FloatStorage, type Storage } from '../../core/storage.ts';
import type { StridedDim } from '../../core/strided.ts';
import type { ProductSpec } from '../../../shaders/lib/product.ts';
import { PACK_WORKGROUP, productPackShader } from '../../../shaders/product/pack.ts';
import { hostArray } from '../../core/dtype.ts';
import { lazyTensor } from '../../core/lazy-tensor.ts';
import { largestBinding, type DeviceProfile } from '../../core/limits.ts';
import type { Placement } from '../../core/placement.ts';
import type { Tensor } from '../../core/tensor.ts';
import { ceilDiv, product, range, roundUp } from '../../util/arrays.ts';
import { dispatch1d, type CallOperand, type KernelCall } from '../definition.ts';
import type { Epilogue } from '../lib/epilogue.ts';
import { listParams } from '../lib/strided.ts';

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
  readonly aType: FloatStorage;
  readonly b: CallOperand;
  readonly bType: Storage;
  /** The elements of b, when it is a constant. */
  readonly constantB?: Tensor | undefined;
  /** Element strides of the bias; its operand is in the epilogue. */
  readonly bias?: { readonly rowStride: number; readonly columnStride: number } | undefined;
  /** Factors of the product and of the bias. */
  readonly scale?: { readonly alpha: number; readonly beta: number } | undefined;
  /** Factors of a's columns, [image][depth] and dense, and the rows of an image. */
  readonly gate?: { readonly operand: CallOperand; readonly type: FloatStorage; readonly rows: number } | undefined;
  readonly epilogue: Epilogue;
}

/** One dispatch without the name of its variant. */
export type ProductCall = Omit<KernelCall, 'variant'>;

/** The columns that one dispatch makes, and how b is laid out for it. */
export interface Columns {
  /** b as it is; some columns of a constant, on their own; or all of them in padded rows. */
  readonly source: 'whole' | 'block' | 'padded';
  readonly transB: boolean;
  /** Elements from row to row of b as stored. */
  readonly pitch: number;
  readonly first: number;
  readonly width: number;
}

/** Matrices in the batch. */
export function batchesOf({ batch }: Product): number {
  return product(batch.map((d) => d.extent));
}

/**
 * The columns as they are: all at once, or in blocks where b is a constant larger than the device binds (VGG's first
 * fully connected layer has 411 MB).
 */
export function plainColumns(p: Product, device: DeviceProfile): Columns[] {
  const { columns, depth, transB, constantB } = p;
  const limit = largestBinding(device);
  if (!constantB || p.batch.length > 0 || bytesOf(p.bType, depth * columns) <= limit) {
    return [{ source: 'whole', transB, pitch: transB ? depth : columns, first: 0, width: columns }];
  }
  // Whole multiples of 4 columns keep vector loads possible.
  const most = Math.max(4, Math.floor(elementsIn('f32', limit) / depth / 4) * 4);
  return range(ceilDiv(columns, most)).map((block) => {
    const first = block * most;
    const width = Math.min(most, columns - first);
    return { source: 'block', transB, pitch: transB ? depth : width, first, width };
  });
}

/** What holds b for these columns. */
function bOperand(p: Product, columns: Columns, device: DeviceProfile): CallOperand {
  const constant = p.constantB;
  if (columns.source === 'whole' || !constant) return p.b;
  if (columns.source === 'block') {
    return { kind: 'constant', tensor: columnBlock(p, constant, columns), storage: p.bType };
  }
  const { pitch } = columns;
  const elements = p.depth * pitch;
  const count = isPacked(p.bType) ? elements / 4 : elements;
  return {
    kind: 'prepared',
    source: constant,
    key: `product ${p.transB ? 'transposed and ' : ''}padded, ${p.bType}`,
    elements,
    storage: p.bType,
    shader: productPackShader({ transposed: p.transB, outType: p.bType }),
    params: { count, depth: p.depth, columns: p.columns, pitch },
    workgroups: dispatch1d(count, PACK_WORKGROUP, device),
  };
}

/** Some columns of b, contiguous: a view of the elements when they are stored column by column, a copy otherwise. */
function columnBlock(p: Product, b: Tensor, { first, width }: Pick<Columns, 'first' | 'width'>): Tensor {
  const { transB, depth, columns } = p;
  return lazyTensor(b.dtype, transB ? [width, depth] : [depth, width], () => {
    if (transB) return b.data.subarray(first * depth, (first + width) * depth);
    const block = hostArray(b.dtype, depth * width);
    for (let k = 0; k < depth; k++) {
      block.set(b.data.subarray(k * columns + first, k * columns + first + width), k * width);
    }
    return block;
  });
}

const inFours = (numbers: readonly number[]): boolean => numbers.every((n) => n % 4 === 0);

const strides = ({ batch }: Product, which: 0 | 1): number[] => batch.map((d) => d.strides[which] ?? 0);

/** Width of loads of a. */
function aVector(p: Product): 1 | 4 {
  const { offset, pitch } = p.aPlacement;
  return !p.transA && inFours([p.depth, offset, pitch, ...strides(p, 0)]) ? 4 : 1;
}

/** Width of loads of b. */
export function bVector(p: Product, { transB, pitch, width }: Columns): 1 | 4 {
  // Without transposition, the columns of the last vector may reach into the padding of a row, but no further.
  const whole = transB ? p.depth % 4 === 0 : pitch >= roundUp(width, 4);
  return whole && inFours([pitch, ...strides(p, 1)]) ? 4 : 1;
}

/** The structure of the operands, for a shader. */
export function productSpec(p: Product, columns: Columns): ProductSpec {
  return {
    aType: p.aType,
    bType: p.bType,
    transA: p.transA,
    transB: columns.transB,
    aVector: aVector(p),
    bVector: bVector(p, columns),
    outVector: p.epilogue.vector && inFours([columns.first, columns.width]) ? 4 : 1,
    ragged: p.depth % 4 !== 0,
    biasRows: p.bias !== undefined && p.bias.rowStride !== 0,
    batchRank: p.batch.length,
    scaled: p.scale !== undefined,
    gate: p.gate ? (p.gate.rows < p.rows ? 'images' : 'one') : 'none',
    gateType: p.gate?.type ?? 'f32',
    ...p.epilogue.spec,
  };
}

/** Values for `operandParams`. */
export function operandValues(p: Product, { first, width, pitch }: Columns): Record<string, number> {
  return {
    rows: p.rows,
    depth: p.depth,
    first,
    width,
    b_pitch: pitch,
    ...(p.transA ? {} : { a_offset: p.aPlacement.offset, a_pitch: p.aPlacement.pitch }),
    ...(p.gate && p.gate.rows < p.rows ? { gate_rows: p.gate.rows } : {}),
    ...listParams(
      'd',
      p.batch.map((d) => d.extent),
    ),
    ...listParams('s', strides(p, 0)),
    ...listParams('t', strides(p, 1)),
  };
}

/** Values for `tailParams`. */
export function tailValues(p: Product): Record<string, number> {
  return {
    ...(p.bias ? { bias_row: p.bias.rowStride, bias_column: p.bias.columnStride } : {}),
    ...p.scale,
    ...p.epilogue.params,
  };
}

/** Values for both. */
export function productValues(p: Product, columns: Columns): Record<string, number> {
  return { ...operandValues(p, columns), ...tailValues(p) };
}

/** a, b, gate?, bias?, residual?, y. */
export function productOperands(p: Product, columns: Columns, device: DeviceProfile): CallOperand[] {
  return [...matrixOperands(p, columns, device), ...p.epilogue.operands];
}

/** a, b, gate? */
export function matrixOperands(p: Product, columns: Columns, device: DeviceProfile): CallOperand[] {
  return [p.a, bOperand(p, columns, device), ...(p.gate ? [p.gate.operand] : [])];
}

/** Loads of a for one row and four depths. */
export function loadsPerRow(p: Product): 1 | 4 {
  return aVector(p) === 4 ? 1 : 4;
}
