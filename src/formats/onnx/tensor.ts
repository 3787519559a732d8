/** TensorProto to Tensor: raw and typed data, every size checked before anything is allocated. */
import { bytesPerElement, hostArray, isFloat, type DType, type HostArray } from '../../core/dtype.ts';
import { ImportError } from '../../core/errors.ts';
import { fromRaw } from '../../core/raw.ts';
import { elementCount, type Tensor } from '../../core/tensor.ts';
import type { TensorProto } from './tensor-proto.ts';
import { product } from '../../util/arrays.ts';

/** TensorProto.DataType → engine type; double is narrowed to float32. The others the engine does not hold. */
const DTYPES: Readonly<Record<number, DType>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float32',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
};

const DOUBLE = 11;

const NAMES = (
  'undefined float32 uint8 int8 uint16 int16 int32 int64 string bool float16 float64 uint32 uint64 complex64 ' +
  'complex128 bfloat16 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz uint4 int4 float4e2m1'
).split(' ');

/** Engine type of a TensorProto.DataType; `undefined` where there is none. */
export function dtypeOfTensor(dataType: number): DType | undefined {
  return DTYPES[dataType];
}

/** True for tensors that `tensorFromProto` reads as they are. */
export function isHeld({ dataType, sparse, external }: TensorProto): boolean {
  return !sparse && !external && dtypeOfTensor(dataType) !== undefined;
}

/** Name of a TensorProto.DataType, for messages. */
export function dataTypeName(dataType: number): string {
  return NAMES[dataType] ?? `data type ${dataType}`;
}

/** The error that says what is wrong with a tensor. */
export function badTensor({ name, dataType, dims }: TensorProto, what: string, file: string): ImportError {
  return new ImportError(`tensor "${name}" (${dataTypeName(dataType)} [${dims.join(', ')}]) ${what}`, { file });
}

/**
 * Decodes a tensor whose `dataType` has an engine type. `saturated` is called when a 64-bit integer does not fit 32 bits
 * and was clamped. Throws ImportError when the data does not fit the declared shape, before allocating. External data must have
 * been attached.
 */
export function tensorFromProto(t: TensorProto, file: string, saturated = () => {}): Tensor {
  const dtype = dtypeOfTensor(t.dataType);
  const fail = (what: string): never => {
    throw badTensor(t, what, file);
  };
  if (t.external) return fail('keeps its data in another file, which was not read');
  if (dtype === undefined) return fail('has an unknown element type');
  if (t.dims.some((d) => !Number.isSafeInteger(d) || d < 0)) return fail('has an invalid shape');
  const width = t.dataType === DOUBLE ? 8 : bytesPerElement(dtype);
  const expected = product(t.dims);
  const bytes = t.raw ?? packedBytes(t);
  if (bytes && bytes.length !== expected * width) {
    fail(`takes ${expected * width} bytes, the file holds ${bytes.length}`);
  }
  const typed = bytes ? undefined : typedList(t);
  if (typed && typed.length !== expected) fail(`takes ${expected} elements, the file holds ${typed.length}`);
  elementCount(t.dims);
  if (bytes) return fromBytes(t, dtype, bytes, saturated);
  return { dtype, shape: t.dims, data: fromNumbers(dtype, typed ?? [], fail, saturated) };
}

function fromBytes(t: TensorProto, dtype: DType, bytes: Uint8Array, saturated: () => void): Tensor {
  if (t.dataType === DOUBLE) {
    return { dtype, shape: t.dims, data: new Float32Array(new Float64Array(new Uint8Array(bytes).buffer)) };
  }
  return fromRaw(dtype, t.dims, bytes, saturated);
}

/** `float_data` and `double_data`, joined; `undefined` for types that use integer lists. */
function packedBytes(t: TensorProto): Uint8Array | undefined {
  const chunks = t.dataType === 1 ? t.floatData : t.dataType === DOUBLE ? t.doubleData : undefined;
  if (!chunks) return undefined;
  const [first] = chunks;
  if (first && chunks.length === 1) return first;
  const joined = new Uint8Array(chunks.reduce((n, c) => n + c.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

function typedList(t: TensorProto): readonly number[] {
  if (t.dataType === 7) return t.int64Data;
  return t.dataType === 12 || t.dataType === 13 ? t.uint64Data : t.int32Data;
}

/** What is no element of the type is refused, except that 64-bit integers beyond 32 bits are clamped. Floats come as bit patterns. */
function fromNumbers(
  dtype: DType,
  values: readonly number[],
  fail: (what: string) => never,
  saturated: () => void,
): HostArray {
  const data = hostArray(isFloat(dtype) ? 'uint16' : dtype, values.length);
  const low = dtype === 'int64' ? -(2 ** 31) : 0;
  values.forEach((v, i) => {
    data[i] = v;
    if (data[i] === v && (dtype !== 'bool' || v < 2)) return;
    if (bytesPerElement(dtype) < 8) fail(`holds ${v}`);
    saturated();
    data[i] = Math.max(low, Math.min(low + 2 ** 32 - 1, v));
  });
  return isFloat(dtype) ? fromRaw(dtype, [data.length], new Uint8Array(data.buffer)).data : data;
}
