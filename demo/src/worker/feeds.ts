/** What a model is fed for measurements: the present picture as a tensor, or zeros. */
import { zeros, type Port, type Tensor } from '../../../src/index.ts';
import { toPixels } from '../../../src/pictures/source.ts';
import { preprocess } from '../../../src/vision/prepare.ts';
import type { Model } from './model.ts';

/** Tensors by input name. */
export type Feeds = Readonly<Record<string, Tensor>>;

/** Extent taken for a symbolic one that is not the batch: a usual side of pictures. */
const USUAL_EXTENT = 224;

/** Zeros for every input. */
export function feedsOf(inputs: readonly Port[]): Feeds {
  return Object.fromEntries(inputs.map((port) => [port.name, zeros(port.dtype, extentsOf(port))]));
}

function extentsOf({ shape }: Port): number[] {
  return shape.map((extent, axis) => (typeof extent === 'number' ? extent : axis === 0 ? 1 : USUAL_EXTENT));
}

/** The picture as the model's input, made on the CPU so that GPU and CPU get the same numbers. */
export function pictureFeeds({ session, runner }: Model, bitmap: ImageBitmap): Feeds {
  const [input] = session.inputs;
  const vision =
    runner.task === 'classification' ? runner.classifier : runner.task === 'detection' ? runner.detector : undefined;
  if (!input || !vision) return feedsOf(session.inputs);
  return { [input.name]: { ...preprocess(toPixels(bitmap), vision.preprocessing), dtype: input.dtype } };
}
