/** What landmarks say of the things that a detector found: each is looked at in a region of its own, one after the other. */
import type { PictureSource } from '../pictures/source.ts';
import { at } from '../util/arrays.ts';
import type { PictureRegion } from '../vision/region-spec.ts';
import { regionOverlap } from '../vision/regions.ts';
import type { ModelPart } from './model-part.ts';
import type { PictureRunOptions } from './picture-task.ts';
import type { RegionAnswer } from './region-model.ts';

/** How things are looked at. */
export interface RegionReading<Thing, Answer> {
  /** Where. */
  readonly regionOf: (thing: Thing) => PictureRegion;
  /** What is made of what the part gave of a thing, and of its score; undefined where that means nothing. */
  readonly read: (answer: RegionAnswer, score: number, thing: Thing) => Answer | undefined;
  /** Lowest score of what is taken for such a thing. */
  readonly threshold: number;
}

/**
 * The answers for those things that the part takes for such, too, best first. Rejects as `ModelPart.load` and `Session.run` do.
 */
export async function regionAnswers<Thing, Answer extends { readonly score: number }>(
  part: ModelPart,
  shown: PictureSource,
  things: readonly Thing[],
  { regionOf, read, threshold }: RegionReading<Thing, Answer>,
  options: PictureRunOptions,
): Promise<Answer[]> {
  if (things.length === 0) return [];
  const model = await part.load();
  const answers: Answer[] = [];
  for (const thing of things) {
    const given = await model.run(shown, regionOf(thing), options);
    const score = at(given.results['score']?.data ?? [], 0);
    const answer = score >= threshold ? read(given, score, thing) : undefined;
    if (answer) answers.push(answer);
  }
  return bestFirst(answers);
}

/** By score. */
export function bestFirst<T extends { readonly score: number }>(things: readonly T[]): T[] {
  return [...things].sort((a, b) => b.score - a.score);
}

/** Regions that overlap more are of one thing: MediaPipe's `hand_landmark_tracking_gpu.pbtxt` has it so. */
const ONE_THING = 0.5;

/** True where what is known, and was followed to its region, is what a detector found in the same picture in another. */
export function isOneThing(known: PictureRegion | undefined, found: PictureRegion): boolean {
  return known !== undefined && regionOverlap(known, found) > ONE_THING;
}
