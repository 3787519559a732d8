/** Tensors to and from densely packed little-endian bytes in the dtype's own width: raw files and model weights. */
import { floatsToHalves, halvesToFloats } from '../util/half.ts';
import { bytesPerElement, hostArray, type DType, type HostArray } from './dtype.ts';
import { ShapeError } from './errors.ts';
import { elementCount, type Shape, type Tensor } from './tensor.ts';

const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);

/**
 * Reads a tensor from raw bytes. Always copies. int64 is narrowed to int32: the extremes ONNX uses as "to the end"
 * (beyond ±2³¹) saturate when `saturate` is set, anything else outside int32 throws ShapeError, as does a byte count
 * that does not fit the shape (checked before any allocation).
 */
export function fromRaw(dtype: DType, shape: Shape, bytes: Uint8Array, saturate = false): Tensor {
  const n = elementCount(shape);
  if (bytes.byteLength !== n * bytesPerElement(dtype)) {
    throw new ShapeError(
      `${dtype} [${shape.join(', ')}] takes ${n * bytesPerElement(dtype)} bytes, the data has ${bytes.byteLength}`,
    );
  }
  // Not bytes.slice(): on a Node Buffer that is a view of a shared pool, not a copy.
  return { dtype, shape, data: decode(dtype, n, new Uint8Array(bytes).buffer, saturate) };
}

function decode(dtype: DType, n: number, buffer: ArrayBuffer, saturate: boolean): HostArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer);
    case 'float16':
      return halvesToFloats(new Uint16Array(buffer));
    case 'int64':
      return narrow(new BigInt64Array(buffer), n, saturate);
    case 'int32':
      return new Int32Array(buffer);
    case 'uint32':
      return new Uint32Array(buffer);
    case 'int16':
      return new Int16Array(buffer);
    case 'int8':
      return new Int8Array(buffer);
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer);
  }
}

/** Narrows 64-bit integers to 32 bits; see `fromRaw` for `saturate`. */
export function narrow(wide: BigInt64Array, n = wide.length, saturate = false): Int32Array {
  const out = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const v = Number(wide[i] ?? 0n);
    if (!saturate && (v > INT32_MAX || v < INT32_MIN)) {
      throw new ShapeError(`int64 value ${v} does not fit int32, in which the engine holds it`);
    }
    out[i] = Math.min(INT32_MAX, Math.max(INT32_MIN, v));
  }
  return out;
}

/** Writes a tensor as raw little-endian bytes in its own dtype (int64 as 8 bytes, float16 as 2). */
export function toRaw({ dtype, data }: Tensor): Uint8Array {
  if (dtype === 'int64') return bytesOf(BigInt64Array.from(data, (v) => BigInt(v)));
  if (dtype === 'float16') return bytesOf(floatsToHalves(data));
  const copy = hostArray(dtype, data.length);
  copy.set(data);
  return bytesOf(copy);
}

function bytesOf(array: ArrayBufferView<ArrayBufferLike>): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
