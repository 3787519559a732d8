/** Which typed array holds which element type, and elements as callers give them. */
import { InputError } from '../core/errors.ts';
import type { TensorData, TensorType } from './tensor-types.ts';

interface ArrayClass {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Exclude<TensorData, string[]>;
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
}

/** JavaScript's own half-precision array, where there is one. */
const HALVES = (globalThis as { Float16Array?: ArrayClass }).Float16Array;

const ARRAYS: Readonly<Record<Exclude<TensorType, 'string'>, ArrayClass>> = {
  float32: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  float16: HALVES ?? Uint16Array,
  float64: Float64Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  uint4: Uint8Array,
  int4: Uint8Array,
};

/** The first type of an array is the one that an unnamed one has. */
const INFERRED = [
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'float64',
  'uint32',
  'uint64',
] as const;

/** Elements of a known type, and the type. */
export interface TypedElements {
  readonly type: TensorType;
  readonly data: TensorData;
}

/** True for the name of an element type. */
export function isTensorType(name: unknown): name is TensorType {
  return typeof name === 'string' && (name === 'string' || Object.hasOwn(ARRAYS, name));
}

/** The elements of `new Tensor(type, data)`. Throws InputError for an unknown type, or data it cannot be made of. */
export function elementsAs(type: unknown, data: unknown): TypedElements {
  if (!isTensorType(type)) throw new InputError(`"${String(type)}" is not a type of tensor elements`);
  if (type === 'string') {
    if (Array.isArray(data)) return { type, data };
    throw new InputError('the elements of a string tensor must be an array of strings');
  }
  const Class = ARRAYS[type];
  if (data instanceof Class) return { type, data };
  if (type === 'uint8' && data instanceof Uint8ClampedArray) return { type, data: Uint8Array.from(data) };
  if (type === 'float16' && data instanceof Uint16Array) {
    return { type, data: new Class(data.buffer, data.byteOffset, data.length) };
  }
  if (Array.isArray(data)) return { type, data: fromNumbers(type, data) };
  throw new InputError(`the elements of a ${type} tensor must be in an array or ${Class.name}`);
}

function fromNumbers(type: Exclude<TensorType, 'string'>, values: readonly (number | bigint | boolean)[]): TensorData {
  const Class = ARRAYS[type];
  if ((type === 'float16' && !HALVES) || type === 'uint4' || type === 'int4') {
    throw new InputError(`a ${type} tensor cannot be made of plain numbers here`, { hint: `Pass a ${Class.name}` });
  }
  const array = viewOf(type, new ArrayBuffer(values.length * Class.BYTES_PER_ELEMENT));
  if (array instanceof BigInt64Array || array instanceof BigUint64Array) array.set(values.map(BigInt));
  else array.set(values.map(Number));
  return array;
}

/** The type that `new Tensor(data)` gets. Throws InputError when the data does not tell. */
export function inferElements(data: unknown): TypedElements {
  if (Array.isArray(data)) {
    if (typeof data[0] === 'string') return elementsAs('string', data);
    if (typeof data[0] === 'boolean') return elementsAs('bool', data);
    throw new InputError('plain arrays without a type must be of strings or booleans', {
      hint: 'Name the type: new Tensor("float32", data, dims)',
    });
  }
  if (data instanceof Uint8ClampedArray) return elementsAs('uint8', data);
  if (HALVES && data instanceof HALVES) return { type: 'float16', data };
  const type = INFERRED.find((name) => data instanceof ARRAYS[name]);
  if (type) return elementsAs(type, data);
  throw new InputError('what was given holds no tensor elements', { hint: 'Pass a typed array' });
}

/** An array of the type's own kind over all of a buffer. */
export function viewOf(type: Exclude<TensorType, 'string'>, buffer: ArrayBufferLike): Exclude<TensorData, string[]> {
  const Class = ARRAYS[type];
  return new Class(buffer, 0, Math.floor(buffer.byteLength / Class.BYTES_PER_ELEMENT));
}
