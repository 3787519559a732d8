/** The public boundary of a session: what callers may feed, checked and converted to the engine's arrays. */
import { hostArray, type DType, type HostArray } from './core/dtype.ts';
import { InputError } from './core/errors.ts';
import { narrow } from './core/raw.ts';
import { shapeText, type Shape, type Tensor } from './core/tensor.ts';
import type { Dim } from './ir/graph.ts';
import { product } from './util/arrays.ts';
import { halvesToFloats } from './util/half.ts';

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

/**
 * Checks feeds against the inputs and converts their data. Throws InputError naming a missing or unknown input, a
 * wrong dtype, rank, extent or element count.
 */
export function toTensors(ports: readonly Port[], feeds: Readonly<Record<string, FeedTensor>>): Map<string, Tensor> {
  const names = ports.map((p) => `"${p.name}"`).join(', ');
  for (const name of Object.keys(feeds)) {
    if (!ports.some((p) => p.name === name)) throw new InputError(`"${name}" is not an input; the inputs are ${names}`);
  }
  return new Map(ports.map((port) => [port.name, toTensor(port, feeds[port.name])]));
}

function toTensor(port: Port, feed: FeedTensor | undefined): Tensor {
  const expected = `input "${port.name}" is ${port.dtype} ${shapeText(port.shape)}`;
  if (!feed) throw new InputError(`${expected}, and no tensor was given for it`);
  const dtype = feed.dtype ?? port.dtype;
  const fits =
    feed.shape.length === port.shape.length &&
    port.shape.every((dim, i) => typeof dim === 'string' || dim === feed.shape[i]);
  if (dtype !== port.dtype || !fits) throw new InputError(`${expected}, got ${dtype} ${shapeText(feed.shape)}`);
  if (feed.data.length !== product(feed.shape)) {
    throw new InputError(`${expected}: shape ${shapeText(feed.shape)} does not hold ${feed.data.length} elements`);
  }
  return { dtype, shape: feed.shape, data: toHostArray(dtype, feed.data) };
}

function toHostArray(dtype: DType, data: FeedData): HostArray {
  if (data instanceof BigInt64Array) return narrow(data);
  if (dtype === 'float16' && data instanceof Uint16Array) return halvesToFloats(data);
  if (isHeldAs(dtype, data)) return data;
  const host = hostArray(dtype, data.length);
  host.set(data);
  return host;
}

function isHeldAs(dtype: DType, data: ArrayLike<number>): data is HostArray {
  return ArrayBuffer.isView(data) && data.constructor === hostArray(dtype, 0).constructor;
}
