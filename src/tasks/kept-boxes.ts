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

/** The limits, for the inputs that the head declared. Throws InputError for those that are not between 0 and 1. */
export function limitFeeds(
  model: PictureModel,
  { threshold = 0.3, iou = 0.5 }: DetectionOptions,
): Readonly<Record<string, Tensor>> {
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new InputError(`the lowest score is between 0 and 1, not ${threshold}`, { hint: 'Scores are probabilities' });
  }
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

/** The least float32 that is not below a number from 0: a score of that type reaches both or neither. */
function notBelow(value: number): number {
  const near = new Float32Array([value]);
  const [rounded = value] = near;
  if (rounded >= value) return rounded;
  // The next one: up by a bit.
  const bits = new Int32Array(near.buffer);
  bits[0] = (bits[0] ?? 0) + 1;
  return near[0] ?? value;
}

/** Scores are probabilities; of eight bits they may be a step more. */
const MOST_SCORE = 1.01;

/**
 * The boxes that were kept, best first. Throws InputError for what a head reads when outputs are not what it takes them for: scores
 * that are no probabilities, classes below 0, or beyond the names, where there are some.
 */
export function keptBoxesOf(
  { boxes, scores, labels, range: all }: Readonly<Record<string, Tensor>>,
  names?: readonly string[],
): ScoredBox[] {
  if (!boxes || !scores) return [];
  for (const { data } of all ? [scores, all] : [scores]) data.forEach(checkScore);
  labels?.data.forEach((index) => checkClass(Number(index), names));
  return range(scores.data.length).map((i) => {
    const [x1 = NaN, y1 = NaN, x2 = NaN, y2 = NaN] = boxes.data.subarray(4 * i, 4 * i + 4);
    return { x1, y1, x2, y2, score: scores.data[i] ?? NaN, index: labels?.data[i] ?? 0 };
  });
}

function checkScore(score: number): void {
  if (score >= 1 - MOST_SCORE && score <= MOST_SCORE) return;
  throw new InputError(`there is a score of ${score}, and scores of classes are probabilities`, {
    hint:
      'The outputs are of another kind than they were taken for: say which as decode; or give the labels, where rows hold more ' +
      'than a box and scores, such as an angle',
  });
}

function checkClass(index: number, names?: readonly string[]): void {
  if (index >= 0 && index < (names?.length ?? Infinity)) return;
  throw new InputError(
    `a thing of class ${index} was found${names ? `, and there are names of ${names.length}` : ''}`,
    {
      hint: 'Labels are one for each class, in their order, the background’s among them where it has a number; see also the option decode',
    },
  );
}
