/**
 * Sparse weights: dimensions are walked in an order of their own, some of them cut into blocks, and along each either every
 * position is there or a list of them for each position before (arXiv:1702.08580's levels). What is not there is 0.
 */
import { hostArray } from '../../core/dtype.ts';
import { ImportError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import { product, sameArray, stridesOf } from '../../util/arrays.ts';
import type { FlatTable } from '../lib/flatbuffer.ts';
import { SLOT } from './schema.ts';
import { constantTensor, type TfliteTensor } from './tensor.ts';

/** Elements of a dense tensor for each that is there, and those that it may have in any case. */
const DENSE_PER_VALUE = 64;
const DENSE_AT_LEAST = 4096;

/** Bytes of dense tensors that count as one that is read. */
const SPARSE_PER_READ = 8;

/** One level of the walk: all positions below `size`, or those that `indices` lists between two of the `segments`. */
interface Level {
  readonly size: number;
  readonly segments?: readonly number[];
  readonly indices?: readonly number[];
  /** Elements of the dense tensor from one position to the next. */
  readonly stride: number;
}

/** The tensor with its zeros. Throws ImportError naming tensor and file where the description does not hold. */
export function denseTensor(tensor: TfliteTensor, bytes: Uint8Array, file: string): Tensor {
  const { name, shape, sparsity } = tensor;
  const fail = (what: string): never => {
    throw new ImportError(`sparse tensor "${name}" [${shape.join(', ')}] ${what}`, { file, format: 'tflite' });
  };
  if (!sparsity) return constantTensor(tensor, bytes, file);
  const levels = readLevels(sparsity, shape, fail);
  // How many elements there are follows from the walk, not from the shape.
  const places = placesOf(levels, bytes.length, fail);
  const { dtype, data: values } = constantTensor({ ...tensor, shape: [places.length] }, bytes, file);
  const count = product(shape);
  if (count > Math.max(DENSE_AT_LEAST, DENSE_PER_VALUE * values.length)) {
    fail(`has ${count} elements, of which the file holds ${values.length}`);
  }
  // Many tensors may share what is there.
  sparsity.count(Math.ceil((4 * count) / SPARSE_PER_READ));
  const data = hostArray(dtype, count);
  places.forEach((place, i) => (data[place] = values[i] ?? 0));
  return { dtype, shape, data };
}

type Fail = (what: string) => never;

function readLevels(table: FlatTable, shape: readonly number[], fail: Fail): Level[] {
  const slot = SLOT.sparsity;
  const order = table.ints(slot.order, 'its traversal order');
  const blockMap = table.ints(slot.blockMap, 'its block map');
  const tables = table.tables(slot.dimensions, 'dimension');
  const rank = shape.length;
  const all = Array.from({ length: rank + blockMap.length }, (_, i) => i);
  if (
    !sameArray(
      [...order].sort((a, b) => a - b),
      all,
    ) ||
    tables.length !== order.length
  ) {
    fail(`is walked by ${tables.length} dimensions in the order [${order.join(', ')}]`);
  }
  if (blockMap.some((axis) => axis < 0 || axis >= rank) || new Set(blockMap).size !== blockMap.length) {
    fail(`has blocks along the dimensions [${blockMap.join(', ')}]`);
  }
  const sizes = new Map(order.map((dimension, i) => [dimension, tables[i]?.int32(SLOT.dimension.size) ?? 0]));
  const strides = stridesOf(shape);
  const blockOf = (axis: number): number =>
    blockMap.includes(axis) ? (sizes.get(rank + blockMap.indexOf(axis)) ?? 0) : 1;
  return order.map((dimension, i) => {
    const axis = dimension < rank ? dimension : (blockMap[dimension - rank] ?? 0);
    const block = blockOf(axis);
    const extent = shape[axis] ?? 0;
    if (block < 1 || extent % block !== 0) fail(`has blocks of ${block} along ${extent} elements`);
    const size = dimension < rank ? extent / block : block;
    const stride = (strides[axis] ?? 1) * (dimension < rank ? block : 1);
    return readLevel(tables[i], { size, stride }, fail);
  });
}

function readLevel(table: FlatTable | undefined, { size, stride }: Level, fail: Fail): Level {
  const slot = SLOT.dimension;
  const format = table?.int8(slot.format) ?? 0;
  if (!table || format > 1) return fail(`has a dimension of format ${format}`);
  if (format === 0) {
    const declared = table.int32(slot.size);
    return declared === size ? { size, stride } : fail(`has a dimension of ${declared} elements instead of ${size}`);
  }
  const segments = indexVector(table, slot.segmentsType, slot.segments);
  const indices = indexVector(table, slot.indicesType, slot.indices);
  const rising = segments.every((at, i) => at >= (segments[i - 1] ?? 0)) && segments[0] === 0;
  if (!rising || segments.at(-1) !== indices.length) fail('has segments that do not divide its indices');
  const outside = indices.find((index) => index < 0 || index >= size);
  if (outside !== undefined) fail(`has index ${outside} of ${size}`);
  return { size, segments, indices, stride };
}

/** A list of int32, uint16 or uint8, by its place in the union. */
function indexVector(table: FlatTable, type: number, slot: number): number[] {
  const values = table.table(slot, 'indices');
  const kind = table.uint8(type);
  if (!values) return [];
  if (kind === 1) return values.ints(0, 'indices');
  if (kind === 2) return values.uint16s(0, 'indices');
  const bytes = values.bytes(0, 'indices');
  values.count(bytes.length);
  return Array.from(bytes);
}

/** Where each element that is there lies in the dense tensor, in the order of the file, which has so many bytes of them. */
function placesOf(levels: readonly Level[], bytes: number, fail: Fail): number[] {
  // Bytes may hold several elements; and of the positions before a sparse level, each has a segment.
  const most = levels.reduce((n, { segments = [] }) => Math.max(n, segments.length), 8 * bytes);
  // Positions of the levels so far: each continues in the next.
  let places = [0];
  for (const { size, segments, indices, stride } of levels) {
    if (segments && segments.length !== places.length + 1)
      fail(`has ${segments.length - 1} segments for ${places.length} positions`);
    const total = indices ? indices.length : places.length * size;
    if (total > most) fail(`has ${total} elements in ${bytes} bytes`);
    places = places.flatMap((place, i) => {
      const steps = indices?.slice(segments?.[i], segments?.[i + 1]) ?? Array.from({ length: size }, (_, k) => k);
      return steps.map((step) => place + step * stride);
    });
  }
  return places;
}
