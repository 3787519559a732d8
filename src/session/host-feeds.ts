/** Feeds in host memory, as the references take them: for the CPU backend, the step check and profiles. */
import { InputError } from '../core/errors.ts';
import { Lazy } from '../core/on-demand.ts';
import type { Tensor } from '../core/tensor.ts';
import { toPixels } from '../pictures/to-pixels.ts';
import { hostTensor, type CheckedFeed, type CheckedPicture, type FeedTensor } from './feeds.ts';
import { needsGpu } from './needs-gpu.ts';
import type { RunOptions } from './options.ts';

// Kept: every picture asks.
const PREPROCESSING = new Lazy('preprocessing on the CPU', () => import('../vision/preprocess.ts'));

/** The tensors of feeds; pictures are prepared here. Rejects with InputError for what is in GPU memory. */
export async function hostFeeds(feeds: ReadonlyMap<string, CheckedFeed>): Promise<Map<string, Tensor>> {
  const entries = [...feeds].map(async ([name, feed]): Promise<[string, Tensor]> => [name, await hostFeed(name, feed)]);
  return new Map(await Promise.all(entries));
}

async function hostFeed(name: string, feed: CheckedFeed): Promise<Tensor> {
  if ('picture' in feed) return hostTensor(feed.port, await preparedOnHost(feed));
  if ('data' in feed) return feed;
  throw new InputError(`input "${name}" was given as a GPU buffer, and is needed in host memory`, {
    hint: 'Read it first with Session.read',
  });
}

async function preparedOnHost({ picture, preprocessing, region }: CheckedPicture): Promise<FeedTensor> {
  // At once: a video goes on while code loads.
  const pixels = toPixels(picture);
  const { preprocess } = await PREPROCESSING.load();
  const { shape, data } = preprocess(pixels, preprocessing, region);
  return { shape, data };
}

/** Throws InputError for outputs that are to stay on a device: these backends have none. */
export function refuseOnDevice({ outputs, keep }: RunOptions): void {
  if (outputs === 'gpu' || keep) throw needsGpu(keep ? 'keep' : 'outputs: gpu');
}
