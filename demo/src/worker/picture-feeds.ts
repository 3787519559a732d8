/** What a model is fed for measurements: the present picture as a tensor. */
import { preprocess, tensorOf, toPixels, type Port } from '../../../src/index.ts';
import { feedsOf, type Feeds } from './feeds.ts';
import type { Runner } from './runner.ts';

/** For the limits of what is kept, which are single numbers: between all and nothing. */
const LIMIT = 0.4;

/** The picture as the model's input, made on the CPU so that GPU and CPU get the same numbers. */
export function pictureFeeds({ session, preprocessing }: Runner, bitmap: ImageBitmap): Feeds {
  const input = session.inputs.find(isPicture);
  if (!input || !preprocessing) return feedsOf(session.inputs);
  const limits = session.inputs.filter(({ shape }) => shape.length === 0);
  return {
    ...feedsOf(session.inputs),
    ...Object.fromEntries(limits.map(({ name, dtype }) => [name, tensorOf(dtype, [], [LIMIT])])),
    [input.name]: { ...preprocess(toPixels(bitmap), preprocessing), dtype: input.dtype },
  };
}

function isPicture({ shape }: Port): boolean {
  return shape.length === 4;
}
