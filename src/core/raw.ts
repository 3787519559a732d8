/** Tensors to and from densely packed little-endian bytes in the dtype's own width: raw files and model weights. */
import { brainsToFloats, floatsToBrains, floatsToHalves, halvesToFloats } from '../util/half.ts';
import { bytesPerElement, hostArray, hostView, type DType, type HostArray } from './dtype.ts';
import { ShapeError } from './errors.ts';
import { elementCount, type Shape, type Tensor, type TensorDesc } from './tensor.ts';

/**
 * Reads a tensor from raw bytes. Always copies. int64 is narrowed to int32 and uint64 to uint32: with `saturated` what is
 * outside becomes the nearest that there is, and `saturated` is called for each such element; without it ShapeError is thrown,
 * as it is for a byte count that does not fit the shape (checked before any allocation).
 */
export function fromRaw(dtype: DType, shape: Shape, bytes: Uint8Array, saturated?: () => void): Tensor {
  const n = elementCount(shape);
  if (bytes.byteLength !== n * bytesPerElement(dtype)) {
    throw new ShapeError(
      `${dtype} [${shape.join(', ')}] takes ${n * bytesPerElement(dtype)} bytes, the data has ${bytes.byteLength}`,
    );
  }
  // Not bytes.slice(): on a Node Buffer that is a view of a shared pool, not a copy.
  return { dtype, shape, data: fromBits(dtype, new Uint8Array(bytes).buffer, saturated) };
}

/** All elements in a buffer, as the engine holds them; the buffer may become theirs. See `fromRaw` for `saturated`. */
export function fromBits(dtype: DType, buffer: ArrayBuffer, saturated?: () => void): HostArray {
  switch (dtype) {
    case 'float16':
      return halvesToFloats(new Uint16Array(buffer));
    case 'bfloat16':
      return brainsToFloats(new Uint16Array(buffer));
    case 'int64':
      return narrow(new BigInt64Array(buffer), saturated);
    case 'uint64':
      return narrow(new BigUint64Array(buffer), saturated);
    default:
      return hostView(dtype, buffer);
  }
}

/** Narrows 64-bit integers to 32 bits; see `fromRaw` for `saturated`. */
export function narrow(wide: BigInt64Array | BigUint64Array, saturated?: () => void): HostArray {
  const dtype = wide instanceof BigInt64Array ? 'int64' : 'uint64';
  const low = dtype === 'int64' ? -(2 ** 31) : 0;
  const high = low + 2 ** 32 - 1;
  const out = hostArray(dtype, wide.length);
  for (let i = 0; i < out.length; i++) {
    const v = Number(wide[i]);
    const nearest = Math.min(high, Math.max(low, v));
    if (v !== nearest) {
      if (!saturated) throw new ShapeError(`${dtype} value ${v} does not fit 32 bits, in which the engine holds it`);
      saturated();
    }
    out[i] = nearest;
  }
  return out;
}

/** Bytes that `toRaw` gives for such a tensor. Throws ShapeError for a shape that is none. */
export function rawLength({ dtype, shape }: TensorDesc): number {
  return elementCount(shape) * bytesPerElement(dtype);
}

/** Writes a tensor as raw little-endian bytes in its own dtype (int64 as 8 bytes, float16 as 2). */
export function toRaw({ dtype, data }: Tensor): Uint8Array {
  switch (dtype) {
    case 'float16':
      return bytesOf(floatsToHalves(data));
    case 'bfloat16':
      return bytesOf(floatsToBrains(data));
    case 'int64':
      return bytesOf(BigInt64Array.from(data, (v) => BigInt(v)));
    case 'uint64':
      return bytesOf(BigUint64Array.from(data, (v) => BigInt(v)));
    default: {
      const copy = hostArray(dtype, data.length);
      copy.set(data);
      return bytesOf(copy);
    }
  }
}

function bytesOf(array: ArrayBufferView<ArrayBufferLike>): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
