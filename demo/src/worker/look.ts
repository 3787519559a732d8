/** Runs a model on a picture and says what it found. */
import type { Port, Tensor } from '../../../src/index.ts';
import { feedsOf } from './feeds.ts';
import type { Model } from './model.ts';
import type { Answer, Finding, OutputSummary } from './protocol.ts';

/** Classes shown. */
const TOP = 5;

/** `threshold` is the least score of a box. */
export async function lookAt(
  model: Model,
  picture: ImageBitmap | VideoFrame,
  threshold: number,
): Promise<Omit<Answer, 'recovered'>> {
  const first = model.session.report.firstRunMs === undefined;
  const start = performance.now();
  const finding = await find(model, picture, threshold);
  const ms = performance.now() - start;
  const size =
    picture instanceof ImageBitmap ? picture : { width: picture.displayWidth, height: picture.displayHeight };
  return { finding, width: size.width, height: size.height, ms, adapter: model.session.report.adapter, first };
}

async function find(
  { runner, session }: Model,
  picture: ImageBitmap | VideoFrame,
  threshold: number,
): Promise<Finding> {
  switch (runner.task) {
    case 'classification': {
      const ranked = await runner.classifier.classify(picture, { topK: TOP });
      return {
        kind: 'scores',
        scores: ranked.map(({ index, label, score }) => ({ label: label ?? `class ${index}`, score })),
      };
    }
    case 'detection': {
      const found = await runner.detector.detect(picture, { threshold });
      return {
        kind: 'boxes',
        boxes: found.map(({ label, index, ...box }) => ({ ...box, label: label ?? `class ${index}` })),
      };
    }
    case 'other': {
      const outputs = await session.run(feedsOf(session.inputs));
      return { kind: 'tensors', tensors: Object.entries(outputs).map(summaryOf(session.outputs)) };
    }
  }
}

const summaryOf =
  (ports: readonly Port[]) =>
  ([name, { dtype, shape, data }]: readonly [string, Tensor]): OutputSummary => {
    let [min, max] = [Infinity, -Infinity];
    for (const value of data) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    const quantisation = ports.find((port) => port.name === name)?.quantisation;
    return { name, dtype, shape, min, max, ...(quantisation ? { quantisation } : {}) };
  };
