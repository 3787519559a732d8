/** What tasks share whose heads keep boxes: the limits they are fed, and the boxes that come back. */
import { InputError } from '../core/errors.ts';
import type { OptionRules } from '../core/option-rules.ts';
import { tensorOf, type Tensor } from '../core/tensor.ts';
import { range } from '../util/arrays.ts';
import type { ScoredBox } from '../vision/decode/boxes.ts';
import type { DetectionOptions } from '../vision/decode/detections.ts';
import { headOf } from './headed-task.ts';
import type { PictureModel } from './picture-model.ts';

/** What options of detections may be. */
export const BOX_OPTIONS: OptionRules<DetectionOptions> = {
  threshold: 'number',
  iou: 'number',
  max: 'count',
  allow: 'list',
  deny: 'list',
};

/** The limits, for the inputs that the head declared. Throws InputError for an overlap that is none. */
export function limitFeeds(
  model: PictureModel,
  { threshold = 0.3, iou = 0.5 }: DetectionOptions,
): Readonly<Record<string, Tensor>> {
  if (!(iou >= 0 && iou <= 1)) throw new InputError(`the overlap of boxes to suppress is between 0 and 1, not ${iou}`);
  const limits = { threshold: notBelow(threshold), iou };
  const feeds = headOf(model).feeds;
  return Object.fromEntries(
    Object.entries(limits).flatMap(([name, value]) => {
      const input = feeds[name];
      return input === undefined ? [] : [[input, tensorOf('float32', [], [value])]];
    }),
  );
}

/** The least float32 that is not below a number: a score of that type reaches both or neither. */
function notBelow(value: number): number {
  const near = new Float32Array([value]);
  const [rounded = value] = near;
  if (rounded >= value) return rounded;
  // The next one: up by a bit, which of a negative number is one less.
  const bits = new Int32Array(near.buffer);
  bits[0] = (bits[0] ?? 0) + (rounded < 0 ? -1 : 1);
  return near[0] ?? value;
}

/** The boxes that were kept, best first. */
export function keptBoxesOf({ boxes, scores, labels }: Readonly<Record<string, Tensor>>): ScoredBox[] {
  if (!boxes || !scores) return [];
  return range(scores.data.length).map((i) => {
    const [x1 = NaN, y1 = NaN, x2 = NaN, y2 = NaN] = boxes.data.subarray(4 * i, 4 * i + 4);
    return { x1, y1, x2, y2, score: scores.data[i] ?? NaN, index: labels?.data[i] ?? 0 };
  });
}
