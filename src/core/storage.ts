/**
 * How elements lie in memory: the only file that knows bytes. A dtype says what an element means, a storage how it is
 * held: a value of one dtype may be stored in several ways.
 */
import { product, roundUp } from '../util/arrays.ts';
import { floatsToHalves, halvesToFloats } from '../util/half.ts';
import { hostArray, isFloat, wgslScalar, type DType, type HostArray } from './dtype.ts';
import { channelAddress, channelsOf, densePlacement, isDense, type Placement } from './placement.ts';
import type { Tensor, TensorDesc } from './tensor.ts';

/** Forms of elements on the GPU. `i8x4` and `u8x4` hold four elements in a word, the first in its lowest byte. */
export type Storage = 'f32' | 'f16' | 'i32' | 'u32' | 'i8x4' | 'u8x4';

/** Storages of floats; arithmetic is float32 in either. */
export type FloatStorage = Extract<Storage, 'f32' | 'f16'>;

/** A value as it lies in a buffer. */
export interface Stored extends TensorDesc {
  readonly storage: Storage;
  readonly placement: Placement;
}

interface Form {
  /** Bytes of one element. */
  readonly bytes: 1 | 2 | 4;
  /** What an array of it is made of in WGSL. */
  readonly word: 'f32' | 'f16' | 'i32' | 'u32';
  /** What an element is loaded as. */
  readonly scalar: 'f32' | 'i32' | 'u32';
  readonly array: new (buffer: ArrayBufferLike, offset: number, length: number) => HostArray | Uint16Array;
}

const FORMS: { readonly [S in Storage]: Form } = {
  f32: { bytes: 4, word: 'f32', scalar: 'f32', array: Float32Array },
  f16: { bytes: 2, word: 'f16', scalar: 'f32', array: Uint16Array },
  i32: { bytes: 4, word: 'i32', scalar: 'i32', array: Int32Array },
  u32: { bytes: 4, word: 'u32', scalar: 'u32', array: Uint32Array },
  i8x4: { bytes: 1, word: 'u32', scalar: 'i32', array: Int8Array },
  u8x4: { bytes: 1, word: 'u32', scalar: 'i32', array: Uint8Array },
};

/** A type's own word: what every kernel takes, and what callers' buffers hold. Four bytes an element. */
export function ownStorage(dtype: DType): Storage {
  return wgslScalar(dtype);
}

/** Four to a word, for the types that fit: int8, uint8 and bool. */
export function packedStorage(dtype: DType): Storage | undefined {
  if (dtype === 'int8') return 'i8x4';
  return dtype === 'uint8' || dtype === 'bool' ? 'u8x4' : undefined;
}

/** True when several elements share a word, so that whoever writes one writes them all. */
export function isPacked(storage: Storage): boolean {
  return FORMS[storage].bytes === 1;
}

/** What a buffer of this storage is an array of, in WGSL. */
export function wordOf(storage: Storage): Form['word'] {
  return FORMS[storage].word;
}

/** The WGSL scalar that an element of this storage is loaded as. */
export function scalarOf(storage: Storage): Form['scalar'] {
  return FORMS[storage].scalar;
}

/** How a float is stored. Anything else counts as f32, for kernels that refuse it elsewhere. */
export function floatStorage({ storage }: Pick<Stored, 'storage'>): FloatStorage {
  return storage === 'f16' ? 'f16' : 'f32';
}

/** A dense value in a buffer of its own; in its type's own word unless told otherwise. */
export function stored({ dtype, shape }: TensorDesc, storage = ownStorage(dtype)): Stored {
  return { dtype, shape, storage, placement: densePlacement(shape) };
}

/** Bytes of so many elements. */
export function bytesOf(storage: Storage, elements: number): number {
  return elements * FORMS[storage].bytes;
}

/** Elements that so many bytes hold. */
export function elementsIn(storage: Storage, bytes: number): number {
  return Math.floor(bytes / FORMS[storage].bytes);
}

/** Bytes of the elements of a value, wherever it lies. */
export function valueBytes({ storage, shape }: Pick<Stored, 'storage' | 'shape'>): number {
  return bytesOf(storage, product(shape));
}

/** Size of a buffer for so many elements: whole vectors of four words, so that every view of it fits. */
export function bufferBytes(storage: Storage, elements: number): number {
  return Math.max(16, roundUp(bytesOf(storage, elements), 16));
}

/** Bytes to copy for a value: whole words, and at least one, since nothing cannot be mapped. */
export function copiedBytes(value: Pick<Stored, 'storage' | 'shape'>): number {
  return Math.max(4, roundUp(valueBytes(value), 4));
}

/**
 * The elements of a tensor as bytes of a buffer, dense: a view of the tensor's own memory where its array is held as it
 * is stored. `reuse` is memory to write to where it is not, and is large enough (`copiedBytes`).
 */
export function encode({ dtype, data }: Tensor, storage: Storage, reuse?: Uint8Array): Uint8Array {
  const { array: Elements, bytes } = FORMS[storage];
  if (data instanceof Elements && (bytes === 4 || data.byteLength % 4 === 0)) return bytesIn(data);
  const size = roundUp(data.length * bytes, 4);
  const target = reuse ?? new Uint8Array(size);
  const elements = new Elements(target.buffer, target.byteOffset, data.length);
  elements.set(isFloat(dtype) && storage === 'f16' ? floatsToHalves(data) : data);
  return target.subarray(0, size);
}

function bytesIn({ buffer, byteOffset, byteLength }: HostArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * A value out of bytes of the buffer it lies in: of the whole buffer, from `offset` on. Copies, into the array that holds
 * its type on the host.
 */
export function decode(value: Stored, buffer: ArrayBuffer, offset = 0): Tensor {
  const { dtype, shape, storage, placement } = value;
  const { array: Elements, bytes } = FORMS[storage];
  const dense = isDense(placement, shape);
  const count = product(shape);
  const length = dense ? count : Math.floor((buffer.byteLength - offset) / bytes);
  const all = new Elements(buffer, offset, length);
  const numbers = storage === 'f16' ? halvesToFloats(all as Uint16Array) : all;
  const data = hostArray(dtype, count);
  if (dense) data.set(numbers);
  else gather(numbers, value, data);
  return { dtype, shape, data };
}

function gather(
  from: ArrayLike<number>,
  { shape, placement }: Pick<Stored, 'shape' | 'placement'>,
  to: HostArray,
): void {
  const channels = channelsOf(shape);
  for (let i = 0; i < to.length; i++) {
    const row = Math.floor(i / channels);
    to[i] = from[channelAddress(placement, i % channels) + row * placement.pitch] ?? 0;
  }
}
