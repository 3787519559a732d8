/** What a run is fed with, beyond tensors in host memory: pictures, and tensors that are on the GPU already. */
import { isFloat } from '../core/dtype.ts';
import { InputError } from '../core/errors.ts';
import { onDemand } from '../core/on-demand.ts';
import { elementCount, type Tensor, type TensorDesc } from '../core/tensor.ts';
import { requireKnown, requirePort, toTensor, type FeedTensor, type Port } from './feeds.ts';
import { isPicture, toPixels, type PictureSource } from '../pictures/source.ts';
import type { GpuPlace } from './place.ts';
import type { GpuTensor } from '../runtime/webgpu/elements.ts';
import type { InputWriter } from '../runtime/webgpu/input-writer.ts';
import { checkPreprocessing, inputShape, type Preprocessing } from '../vision/picture-spec.ts';

/** A picture to feed, and how it becomes the input. */
export interface PictureFeed {
  readonly picture: PictureSource;
  readonly preprocessing: Preprocessing;
}

/** A tensor in host memory or on the session's own device (the buffer's usage must have COPY_SRC), or a picture. */
export type Feed = FeedTensor | GpuTensor | PictureFeed;

/** A picture that fits an input. */
interface CheckedPicture extends PictureFeed, TensorDesc {
  readonly port: Port;
}

/** A feed that fits its input. */
export type CheckedFeed = Tensor | GpuTensor | CheckedPicture;

/**
 * Checks feeds against the inputs, and converts those in host memory. Throws InputError as `toTensor` does, for a buffer that
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
  if (feed === undefined) return toTensor(port, feed);
  if (isOf(feed, 'picture')) return checkPicture(port, feed);
  if (isOf(feed, 'shape', 'buffer')) return checkBuffer(port, feed);
  if (isOf(feed, 'shape', 'data')) return toTensor(port, feed);
  throw new InputError(`what was given for input "${port.name}" is no tensor`, {
    hint: 'Pass { shape, data }, { dtype, shape, buffer } with a GPUBuffer, or { picture, preprocessing }',
  });
}

/** True for the kind of feed that has these properties; callers without types pass anything. */
function isOf<K extends PropertyKey>(feed: Feed, ...names: readonly K[]): feed is Extract<Feed, Record<K, unknown>> {
  return typeof feed === 'object' && feed !== null && names.every((name) => name in feed);
}

function checkPicture(port: Port, { picture, preprocessing }: PictureFeed): CheckedPicture {
  if (!isPicture(picture)) throw new InputError(`what was given for input "${port.name}" is no picture`);
  checkPreprocessing(preprocessing);
  const shape = inputShape(preprocessing);
  requirePort(port, { dtype: port.dtype, shape });
  const held = port.dtype === 'int64' ? 'int32' : port.dtype;
  if (!isFloat(held) && preprocessing.dtype !== held) {
    throw new InputError(`input "${port.name}" holds ${port.dtype}: preprocessing must have the dtype ${held}`);
  }
  return { picture, preprocessing, port, dtype: port.dtype, shape };
}

function checkBuffer(port: Port, { dtype, shape, buffer }: GpuTensor): GpuTensor {
  requirePort(port, { dtype, shape });
  const bytes = elementCount(shape) * 4;
  if (buffer.size < bytes) {
    const { name } = port;
    throw new InputError(`input "${name}" takes ${bytes} bytes, four an element, and its buffer has ${buffer.size}`);
  }
  if ((buffer.usage & GPUBufferUsage.COPY_SRC) === 0) {
    throw new InputError(`the buffer for input "${port.name}" cannot be copied: its usage lacks COPY_SRC`);
  }
  return { dtype, shape, buffer };
}

/** Feeds as the CPU reference takes them. Rejects with InputError for what is in GPU memory. */
export async function hostFeeds(feeds: ReadonlyMap<string, CheckedFeed>): Promise<Map<string, Tensor>> {
  const entries = [...feeds].map(async ([name, feed]): Promise<[string, Tensor]> => [name, await hostFeed(name, feed)]);
  return new Map(await Promise.all(entries));
}

async function hostFeed(name: string, feed: CheckedFeed): Promise<Tensor> {
  if ('picture' in feed) return toTensor(feed.port, await preparedOnHost(feed));
  if ('data' in feed) return feed;
  throw new InputError(`input "${name}" was given as a GPU buffer, and is needed in host memory`, {
    hint: 'Read it first with Session.read',
  });
}

async function preparedOnHost({ picture, preprocessing }: CheckedPicture): Promise<FeedTensor> {
  // At once: a video goes on while code loads.
  const pixels = toPixels(picture);
  const { preprocess } = await onDemand('preprocessing on the CPU', () => import('../vision/preprocess.ts'));
  const { shape, data } = preprocess(pixels, preprocessing);
  return { shape, data };
}

/** Feeds as the GPU takes them. Rejects as `PictureWriter.prepare` does. */
export async function gpuFeeds(
  feeds: ReadonlyMap<string, CheckedFeed>,
  { pictures }: GpuPlace,
): Promise<Map<string, Tensor | InputWriter>> {
  const entries = [...feeds].map(async ([name, feed]): Promise<[string, Tensor | InputWriter]> => {
    if ('picture' in feed) return [name, await pictures.prepare(feed.picture, feed.preprocessing, { ...feed, name })];
    return [name, 'data' in feed ? feed : copyFrom(feed)];
  });
  return new Map(await Promise.all(entries));
}

function copyFrom({ shape, buffer }: GpuTensor): InputWriter {
  const bytes = elementCount(shape) * 4;
  return (target, encoder) => {
    if (bytes > 0) encoder.copyBufferToBuffer(buffer, 0, target.buffer, target.offset, bytes);
  };
}

/** Names to fetch, checked. Throws InputError for one that is no output. */
export function checkFetches(outputs: readonly string[], fetches: readonly string[] | undefined): void {
  const unknown = fetches?.find((name) => !outputs.includes(name));
  if (unknown === undefined) return;
  const names = outputs.map((name) => `"${name}"`).join(', ');
  throw new InputError(`"${unknown}" is not an output; the outputs are ${names}`);
}

/** The shape of every feed, by name. */
export function feedShapes(feeds: ReadonlyMap<string, CheckedFeed>): Record<string, readonly number[]> {
  return Object.fromEntries([...feeds].map(([name, { shape }]) => [name, shape]));
}
