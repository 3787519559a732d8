/** What a model is fed for measurements: the present picture as a tensor. */
import { preprocess, toPixels } from '../../../src/index.ts';
import { feedsOf, type Feeds } from './feeds.ts';
import type { Model } from './model.ts';

/** The picture as the model's input, made on the CPU so that GPU and CPU get the same numbers. */
export function pictureFeeds({ session, runner }: Model, bitmap: ImageBitmap): Feeds {
  const [input] = session.inputs;
  const vision =
    runner.task === 'classification' ? runner.classifier : runner.task === 'detection' ? runner.detector : undefined;
  if (!input || !vision) return feedsOf(session.inputs);
  return { [input.name]: { ...preprocess(toPixels(bitmap), vision.preprocessing), dtype: input.dtype } };
}
