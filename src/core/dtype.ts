/**
 * Element types and how each is held in memory.
 *
 * Inside the engine float16 and bfloat16 are held as float32 values, int64 as int32 and uint64 as uint32 (range-checked at
 * the border), so that one operator has one implementation; `session/` converts at the public boundary. The float64 of a
 * file is a float32 from the start.
 */

/** Element type of a tensor, as the model declares it. */
export type DType =
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'uint64'
  | 'int32'
  | 'uint32'
  | 'int16'
  | 'uint16'
  | 'int8'
  | 'uint8'
  | 'bool';

/** Typed arrays that hold tensor elements inside the engine. */
export type HostArray = Float32Array | Int32Array | Uint32Array | Int16Array | Uint16Array | Int8Array | Uint8Array;

interface HostClass {
  new (length: number): HostArray;
  new (buffer: ArrayBufferLike, offset?: number, length?: number): HostArray;
  readonly BYTES_PER_ELEMENT: number;
}

interface Representation {
  /** Bytes of one element in a file or at the public boundary. */
  readonly bytes: number;
  readonly host: HostClass;
  /** What WGSL computes with; how it is stored is another matter (`storage.ts`). */
  readonly wgsl: 'f32' | 'i32' | 'u32';
}

const REPRESENTATION: { readonly [D in DType]: Representation } = {
  float32: { bytes: 4, host: Float32Array, wgsl: 'f32' },
  float16: { bytes: 2, host: Float32Array, wgsl: 'f32' },
  bfloat16: { bytes: 2, host: Float32Array, wgsl: 'f32' },
  int64: { bytes: 8, host: Int32Array, wgsl: 'i32' },
  uint64: { bytes: 8, host: Uint32Array, wgsl: 'u32' },
  int32: { bytes: 4, host: Int32Array, wgsl: 'i32' },
  uint32: { bytes: 4, host: Uint32Array, wgsl: 'u32' },
  int16: { bytes: 2, host: Int16Array, wgsl: 'i32' },
  uint16: { bytes: 2, host: Uint16Array, wgsl: 'i32' },
  int8: { bytes: 1, host: Int8Array, wgsl: 'i32' },
  uint8: { bytes: 1, host: Uint8Array, wgsl: 'i32' },
  bool: { bytes: 1, host: Uint8Array, wgsl: 'i32' },
};

/** Bytes of one element at the public boundary and in raw files. */
export function bytesPerElement(dtype: DType): number {
  return REPRESENTATION[dtype].bytes;
}

/** A zero-filled host array for `length` elements of this type. */
export function hostArray(dtype: DType, length: number): HostArray {
  return new REPRESENTATION[dtype].host(length);
}

/** The array of this type that is all of a buffer, or a part, which has whole elements as the engine holds them. */
export function hostView(dtype: DType, buffer: ArrayBufferLike, offset?: number, length?: number): HostArray {
  return new REPRESENTATION[dtype].host(buffer, offset, length);
}

/** Bytes of one element as the engine holds it on the host. */
export function hostBytes(dtype: DType): number {
  return REPRESENTATION[dtype].host.BYTES_PER_ELEMENT;
}

/** True when `data` is the kind of array the engine holds this type in. */
export function holds(dtype: DType, data: HostArray): boolean {
  return data instanceof REPRESENTATION[dtype].host;
}

/** The WGSL scalar that computes this type on the GPU. */
export function wgslScalar(dtype: DType): 'f32' | 'i32' | 'u32' {
  return REPRESENTATION[dtype].wgsl;
}

/** The floating-point types. */
export const FLOATS: readonly DType[] = ['float32', 'float16', 'bfloat16'];

/** True for float32, float16 and bfloat16. */
export function isFloat(dtype: DType): boolean {
  return wgslScalar(dtype) === 'f32';
}

/** True when `name` is a DType. */
export function isDType(name: string): name is DType {
  return Object.hasOwn(REPRESENTATION, name);
}
