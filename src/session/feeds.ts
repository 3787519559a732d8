/** The public boundary of a session: what callers may feed, checked and converted to the engine's arrays. */
import { hostArray, isFloat, type DType, type HostArray } from '../core/dtype.ts';
import { InputError } from '../core/errors.ts';
import { shapeText, type Shape, type Tensor, type TensorDesc } from '../core/tensor.ts';
import type { Dim } from '../ir/graph.ts';
import { product } from '../util/arrays.ts';
import { halvesToFloats } from '../util/half.ts';

/** Element arrays a caller may pass: the engine's own, BigInt64Array for int64, half bits in Uint16Array for float16. */
export type FeedData = HostArray | BigInt64Array | Uint16Array | Float64Array | Uint8ClampedArray | readonly number[];

/** A tensor to feed. `dtype` may be left out: it is the input's. */
export interface FeedTensor {
  readonly dtype?: DType;
  readonly shape: Shape;
  readonly data: FeedData;
}

/** An input or output of a model. Extents are numbers, or names of symbolic dimensions. */
export interface Port {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly Dim[];
}

/** Throws InputError for a name that is no input. */
export function requireKnown(ports: readonly Port[], names: readonly string[]): void {
  const known = ports.map((p) => `"${p.name}"`).join(', ');
  for (const name of names) {
    if (!ports.some((p) => p.name === name)) throw new InputError(`"${name}" is not an input; the inputs are ${known}`);
  }
}

/** Throws InputError for another dtype, rank or extent than the input has. */
export function requirePort(port: Port, { dtype, shape }: TensorDesc): void {
  const fits =
    shape.length === port.shape.length && port.shape.every((dim, i) => typeof dim === 'string' || dim === shape[i]);
  if (dtype !== port.dtype || !fits) throw new InputError(`${expected(port)}, got ${dtype} ${shapeText(shape)}`);
}

function expected({ name, dtype, shape }: Port): string {
  return `input "${name}" is ${dtype} ${shapeText(shape)}`;
}

/**
 * Checks a feed against its input and converts its data. Throws InputError on a missing feed, a wrong dtype, rank, extent
 * or element count, or a number that an integer input cannot hold. Every nonzero bool is 1.
 */
export function toTensor(port: Port, feed: FeedTensor | undefined): Tensor {
  if (!feed) throw new InputError(`${expected(port)}, and no tensor was given for it`);
  const dtype = feed.dtype ?? port.dtype;
  requirePort(port, { dtype, shape: feed.shape });
  if (feed.data.length !== product(feed.shape)) {
    throw new InputError(
      `${expected(port)}: shape ${shapeText(feed.shape)} does not hold ${feed.data.length} elements`,
    );
  }
  const data = toHostArray(dtype, feed.data);
  if (typeof data === 'number') {
    const held = dtype === 'int64' ? 'int32, in which the engine holds it' : dtype;
    throw new InputError(`${expected(port)}: element ${data} is ${feed.data[data]}, which does not fit ${held}`);
  }
  return { dtype, shape: feed.shape, data };
}

/** The elements as the engine holds them, or the index of one that an integer type does not have. */
function toHostArray(dtype: DType, data: FeedData): HostArray | number {
  if (dtype === 'float16' && data instanceof Uint16Array) return halvesToFloats(data);
  const numbers = data instanceof BigInt64Array ? Float64Array.from(data, Number) : data;
  if (dtype === 'bool') return Uint8Array.from(numbers, (v) => (v === 0 ? 0 : 1));
  if (isHeldAs(dtype, numbers)) return numbers;
  const host = hostArray(dtype, numbers.length);
  host.set(numbers);
  const lost = isFloat(dtype) ? -1 : host.findIndex((v, i) => v !== numbers[i]);
  return lost < 0 ? host : lost;
}

function isHeldAs(dtype: DType, data: ArrayLike<number>): data is HostArray {
  return ArrayBuffer.isView(data) && data.constructor === hostArray(dtype, 0).constructor;
}
