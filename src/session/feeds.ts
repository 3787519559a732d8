/**
 * What callers may feed a session: tensors in host memory or on the GPU, and pictures. They are checked here against the
 * inputs, and numbers converted to the engine's arrays; what a backend makes of the rest is its own.
 */
import { hostArray, isFloat, type DType, type HostArray } from '../core/dtype.ts';
import { InputError } from '../core/errors.ts';
import { fromBits } from '../core/raw.ts';
import { stored, valueBytes } from '../core/storage.ts';
import { shapeText, type Shape, type Tensor, type TensorDesc } from '../core/tensor.ts';
import type { Dim, IntegerScale, Normalisation } from '../ir/graph.ts';
import type { EncodedPicture } from '../pictures/decode-file.ts';
import type { PictureFile } from '../pictures/picture-file.ts';
import { isPicture, type PictureSource } from '../pictures/source.ts';
import type { GpuTensor } from '../runtime/webgpu/elements.ts';
import { product } from '../util/arrays.ts';
import { checkPreprocessing, inputShape, type Preprocessing } from '../vision/picture-spec.ts';
import type { PictureRegion } from '../vision/region-spec.ts';

/**
 * Element arrays a caller may pass: the engine's own, bigints for int64 and uint64, bit patterns in Uint16Array for float16 and
 * bfloat16, booleans for bool.
 */
export type FeedData =
  | HostArray
  | BigInt64Array
  | BigUint64Array
  | Float64Array
  | Uint8ClampedArray
  | readonly (number | bigint | boolean)[];

/** A tensor to feed. `dtype` may be left out: it is the input's. */
export interface FeedTensor {
  readonly dtype?: DType;
  readonly shape: Shape;
  readonly data: FeedData;
}

/** A picture to feed, and how it becomes the input. */
export interface PictureFeed {
  readonly picture: PictureSource | PictureFile;
  readonly preprocessing: Preprocessing;
  /** The part that becomes the input; the whole picture unless given. It is sampled bilinearly, whatever its size. */
  readonly region?: PictureRegion | undefined;
}

/** A tensor in host memory or on the session's own device (the buffer's usage must have COPY_SRC), or a picture. */
export type Feed = FeedTensor | GpuTensor | PictureFeed;

/** An input or output of a model. Extents are numbers, or names of symbolic dimensions. */
export interface Port {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly Dim[];
  /** True of an input whose extents are only suggested by the model: a run takes others of the same rank, too. */
  readonly suggested?: true;
  /**
   * What its integers stand for, where the model says it: `(q − zeroPoint)·scale`. Runs take and give the integers as they are;
   * tasks make the real numbers of them.
   */
  readonly quantisation?: IntegerScale;
  /** Of a picture's input, how pixels become the numbers it takes, where the model says it. */
  readonly normalisation?: Normalisation;
  /** Of a picture's input, how pictures become it, where the model says all of that: properties of a `Preprocessing`. */
  readonly preparation?: Readonly<Record<string, unknown>>;
}

/** A picture that fits an input. */
export interface CheckedPicture extends PictureFeed, TensorDesc {
  readonly picture: PictureSource;
  readonly port: Port;
}

/** A feed that fits its input. */
export type CheckedFeed = Tensor | GpuTensor | CheckedPicture;

/**
 * Checks feeds against the inputs, and converts those in host memory. Throws InputError as `hostTensor` does, for a buffer that
 * is too small or cannot be copied from, and for a picture whose preprocessing makes another shape.
 */
export function checkFeeds(
  ports: readonly Port[],
  feeds: Readonly<Record<string, Feed>>,
): ReadonlyMap<string, CheckedFeed> {
  requireKnown(ports, Object.keys(feeds));
  return new Map(
    ports.map((port) => [port.name, checkFeed(port, Object.hasOwn(feeds, port.name) ? feeds[port.name] : undefined)]),
  );
}

function checkFeed(port: Port, feed: Feed | undefined): CheckedFeed {
  if (feed === undefined) return hostTensor(port, feed);
  if (isOf(feed, 'picture')) return checkPicture(port, feed);
  if (isOf(feed, 'shape') && Array.isArray(feed.shape)) {
    if (isOf(feed, 'buffer')) return checkBuffer(port, feed);
    if (isOf(feed, 'data') && 'length' in Object(feed.data)) return hostTensor(port, feed);
  }
  throw new InputError(`what was given for input "${port.name}" is no tensor`, {
    hint: 'Pass { shape, data }, { dtype, shape, buffer } with a GPUBuffer, or { picture, preprocessing }',
  });
}

/** The first picture that is still to be decoded; that of an image element is, too. */
export function encodedPicture(
  feeds: Readonly<Record<string, Feed>>,
): { readonly name: string; readonly feed: PictureFeed; readonly file: EncodedPicture } | undefined {
  for (const [name, feed] of Object.entries({ ...feeds })) {
    if (!isOf(feed, 'picture')) continue;
    const { picture } = feed;
    if (!isPicture(picture) || 'naturalWidth' in picture) return { name, feed, file: picture };
  }
  return undefined;
}

/** True for the kind of feed that has these properties; callers without types pass anything. */
function isOf<K extends PropertyKey>(feed: Feed, ...names: readonly K[]): feed is Extract<Feed, Record<K, unknown>> {
  return typeof feed === 'object' && feed !== null && names.every((name) => name in feed);
}

function checkPicture(port: Port, { picture, preprocessing, region }: PictureFeed): CheckedPicture {
  if (!isPicture(picture)) throw new InputError(`what was given for input "${port.name}" is no picture`);
  checkPreprocessing(preprocessing);
  const shape = inputShape(preprocessing);
  requirePort(port, { dtype: port.dtype, shape });
  const held = port.dtype === 'int64' ? 'int32' : port.dtype;
  if (!isFloat(held) && preprocessing.dtype !== held) {
    throw new InputError(`input "${port.name}" holds ${port.dtype}: preprocessing must have the dtype ${held}`);
  }
  return { picture, preprocessing, region, port, dtype: port.dtype, shape };
}

function checkBuffer(port: Port, { dtype, shape, buffer, bounded }: GpuTensor): GpuTensor {
  if (bounded) {
    throw new InputError(`the tensor for input "${port.name}" has an extent that depends on data`, {
      hint: 'Read it with Session.read, and feed what that gives',
    });
  }
  requirePort(port, { dtype, shape });
  const bytes = valueBytes(stored({ dtype, shape }));
  if (buffer.size < bytes) {
    const { name } = port;
    throw new InputError(`input "${name}" takes ${bytes} bytes, four an element, and its buffer has ${buffer.size}`);
  }
  if ((buffer.usage & GPUBufferUsage.COPY_SRC) === 0) {
    throw new InputError(`the buffer for input "${port.name}" cannot be copied: its usage lacks COPY_SRC`);
  }
  return { dtype, shape, buffer };
}

/** The shape of every feed, by name. */
export function feedShapes(feeds: ReadonlyMap<string, CheckedFeed>): Record<string, readonly number[]> {
  return Object.fromEntries([...feeds].map(([name, { shape }]) => [name, shape]));
}

/** Throws InputError for a name that is no input. */
function requireKnown(ports: readonly Port[], names: readonly string[]): void {
  const known = ports.map((p) => `"${p.name}"`).join(', ');
  for (const name of names) {
    if (!ports.some((p) => p.name === name)) throw new InputError(`"${name}" is not an input; the inputs are ${known}`);
  }
}

/** Throws InputError for another dtype, rank or extent than the input has. */
function requirePort(port: Port, { dtype, shape }: TensorDesc): void {
  const fits =
    shape.length === port.shape.length &&
    port.shape.every((dim, i) => port.suggested || typeof dim === 'string' || dim === shape[i]);
  if (dtype !== port.dtype || !fits) throw new InputError(`${expected(port)}, got ${dtype} ${shapeText(shape)}`);
}

function expected({ name, dtype, shape }: Port): string {
  return `input "${name}" is ${dtype} ${shapeText(shape)}`;
}

/**
 * Checks a feed against its input and converts its data. Throws InputError on a missing feed, a wrong dtype, rank, extent
 * or element count, or a number that an integer input cannot hold. Every nonzero bool is 1.
 */
export function hostTensor(port: Port, feed: FeedTensor | undefined): Tensor {
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
    const held = dtype.endsWith('int64') ? '32 bits, in which the engine holds it' : dtype;
    throw new InputError(`${expected(port)}: element ${data} is ${feed.data[data]}, which does not fit ${held}`);
  }
  return { dtype, shape: feed.shape, data };
}

/** The elements as the engine holds them, or the index of one that is no number, or none that an integer type has. */
function toHostArray(dtype: DType, data: FeedData): HostArray | number {
  if (data instanceof Uint16Array && dtype.endsWith('float16')) return fromBits(dtype, data.slice().buffer);
  const [isBool, rounds] = [dtype === 'bool', isFloat(dtype)];
  if (!isBool && isHeldAs(dtype, data)) return data;
  const host = hostArray(dtype, data.length);
  for (let i = 0; i < data.length; i++) {
    const given = data[i];
    // Callers without types pass text, and arrays with holes.
    if (typeof given !== 'number' && typeof given !== 'bigint' && typeof given !== 'boolean') return i;
    const value = isBool ? Number(Number(given) !== 0) : Number(given);
    host[i] = value;
    if (!rounds && host[i] !== value) return i;
  }
  return host;
}

/** Shared memory is copied: WebGPU in Node does not take it. */
function isHeldAs(dtype: DType, data: FeedData): data is HostArray {
  return (
    ArrayBuffer.isView(data) &&
    data.constructor === hostArray(dtype, 0).constructor &&
    data.buffer instanceof ArrayBuffer
  );
}
