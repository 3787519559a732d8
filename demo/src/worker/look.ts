/** Runs a model on a picture and says what it found. */
import type { Model } from './model.ts';
import type { Answer, LookOptions } from './protocol.ts';

/** What the model says of the picture, and how long that took. Rejects as the task's call does. */
export async function lookAt(
  { runner }: Model,
  picture: ImageBitmap | VideoFrame,
  options: LookOptions,
): Promise<Omit<Answer, 'recovered'>> {
  const { report } = runner.session;
  const first = report.firstRunMs === undefined;
  const start = performance.now();
  const finding = await runner.find(picture, options);
  const ms = performance.now() - start;
  const size =
    picture instanceof ImageBitmap ? picture : { width: picture.displayWidth, height: picture.displayHeight };
  return { finding, width: size.width, height: size.height, ms, adapter: report.adapter, first };
}
