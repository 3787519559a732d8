/** Pictures to hands: where they are, which they are, and their joints. */
import { onDemand } from '../core/on-demand.ts';
import type { OptionRules } from '../core/option-rules.ts';
import type { PictureFile } from '../pictures/picture-file.ts';
import type { PictureSource } from '../pictures/source.ts';
import { toHands, type Hand } from '../vision/hands.ts';
import { worldPoints } from '../vision/world-points.ts';
import { HAND_POINTS } from '../vision/point-names.ts';
import { wholePictureMap, type PictureRegion } from '../vision/region-spec.ts';
import { boxAround, boxOverlap, handBoxRegion, handRegion, palmRegion } from '../vision/regions.ts';
import { createHeadedTask, HEADED_OPTIONS, resultNames, resultsOf, type HeadedTaskOptions } from './headed-task.ts';
import { BOX_OPTIONS, keptBoxesOf, limitFeeds } from './kept-boxes.ts';
import { ModelPart, type PartKind, type PartSource } from './model-part.ts';
import { checkTaskOptions, type PictureModel, type TaskSource } from './picture-model.ts';
import {
  PICTURE_RUN_OPTIONS,
  PictureTask,
  type PictureRunOptions,
  type PictureTaskDefinition,
} from './picture-task.ts';
import { bestFirst, isOneThing, regionAnswers } from './region-answers.ts';
import { placesIn, RegionModel, type RegionAnswer } from './region-model.ts';
import type { FollowStep } from './watch-task.ts';

/** Options of `createHandDetector`. */
export interface HandDetectorOptions extends HeadedTaskOptions {
  /** The model that finds a hand's joints; false: none, palms alone. Default: the catalogue's, where it knows the detector. */
  readonly landmarks?: PartSource;
}

/** What they may be. */
export const HAND_DETECTOR_OPTIONS: OptionRules<HandDetectorOptions> = { ...HEADED_OPTIONS, landmarks: 'any' };

/** Options of `HandDetector.detect`. */
export interface HandOptions extends PictureRunOptions {
  /** Lowest score, of the palm and of the hand; 0.5 unless given. */
  readonly threshold?: number;
  /** Palms that overlap more than this are one; 0.3 unless given. */
  readonly iou?: number;
  /** How many hands are given at most; all unless given. */
  readonly max?: number;
}

const { threshold, iou, max } = BOX_OPTIONS;
const OPTIONS: OptionRules<HandOptions> = { ...PICTURE_RUN_OPTIONS, threshold, iou, max };

/** MediaPipe's limits. */
const USUAL = { threshold: 0.5, iou: 0.3 } as const;

const LANDMARKS: PartKind<RegionModel> = {
  name: 'landmarks',
  task: 'hand-landmarks',
  heads: () => import('../heads/hands.ts').then(({ HAND_LANDMARK_HEADS }) => HAND_LANDMARK_HEADS),
  model: RegionModel,
};

const handDetection = (part: ModelPart): PictureTaskDefinition<HandOptions, Hand[]> => ({
  call: 'detect',
  options: OPTIONS,
  bind: resultNames,
  feeds: (model, options) => limitFeeds(model, { ...USUAL, ...options }),
  decode: async (outputs, picture, model, options, { picture: shown, known = [] }) => {
    const { max: most = Infinity } = options;
    const results = resultsOf(model, outputs);
    const { preprocessing, labels } = model;
    const boxes = keptBoxesOf(results, labels);
    const all = toHands(boxes, results['points'], wholePictureMap(picture, preprocessing), labels);
    const found = labels ? oneOfEach(all, options.iou ?? USUAL.iou) : all;
    if (!part.exists) return found.slice(0, most);
    const isKnown = (hand: Hand): boolean => known.some((other) => isOneThing(handAgain(other), handIn(hand)));
    const fresh = found.filter((hand) => !isKnown(hand)).slice(0, most - known.length);
    const hands = await handsIn(part, shown, fresh, handIn, options);
    // Where nothing said how a hand is turned, its joints do: seen upright they are found better.
    const sure = results['points'] ? hands : await handsIn(part, shown, hands, handAgain, options);
    return bestFirst([...known, ...sure]);
  },
});

/** The hands in regions of the picture. */
function handsIn(
  part: ModelPart,
  shown: PictureSource,
  things: readonly Hand[],
  regionOf: (thing: Hand) => PictureRegion,
  options: HandOptions,
): Promise<Hand[]> {
  const { threshold: least = USUAL.threshold } = options;
  return regionAnswers(part, shown, things, { regionOf, read: toHand, threshold: least }, options);
}

/** Of hands that overlap more than `iou` the best, best first: one that is open to a detector may be closed to it as well. */
function oneOfEach(hands: readonly Hand[], overlap: number): Hand[] {
  const kept: Hand[] = [];
  for (const hand of hands) if (!kept.some((other) => boxOverlap(hand, other) > overlap)) kept.push(hand);
  return kept;
}

/** Where the hand lies of which the detector gave a palm, or the whole. */
function handIn(found: Hand): PictureRegion {
  return found.points.length > 0 ? palmRegion(found, found.points) : handBoxRegion(found);
}

function handAgain({ points }: Hand): PictureRegion {
  return handRegion(points);
}

function toHand({ results, map }: RegionAnswer, score: number, { label }: Hand): Hand | undefined {
  const { points, side, world } = results;
  const places = points && placesIn(points, map);
  if (!places) return undefined;
  const right = side?.data[0] ?? NaN;
  return {
    ...boxAround(places),
    score,
    ...(label === undefined ? {} : { label }),
    handedness: right > 0.5 ? 'right' : 'left',
    handednessScore: Math.max(right, 1 - right),
    points: places.map((place, i) => ({ ...place, name: HAND_POINTS[i] ?? '' })),
    ...(world ? { world: worldPoints(world, map) } : {}),
  };
}

/**
 * Loads a detector of hands: a name of the catalogue (`palm-detection-full`, which is taken where none is given), or any model that
 * takes a picture and whose outputs are known here: see the option `decode`. Of each palm that it finds, a second model finds the
 * joints; it is loaded with the first hand. `handtrack` finds whole hands in place of palms, and tells open ones from closed.
 * Rejects as `Session.create` does, and with InputError, which says what would be read,
 * when the outputs are of another kind.
 */
export async function createHandDetector(source?: TaskSource, options?: HandDetectorOptions): Promise<HandDetector> {
  const { landmarks, ...own } = await checkTaskOptions('hand-detection', options, HAND_DETECTOR_OPTIONS);
  /** With the part that was asked for. */
  class Parted extends HandDetector {
    constructor(model: PictureModel) {
      super(model, new ModelPart(LANDMARKS, model, landmarks, own));
    }
  }
  return createHeadedTask(Parted, 'hand-detection', source, own, () =>
    import('../heads/hands.ts').then(({ HAND_HEADS }) => HAND_HEADS),
  );
}

/** A loaded detector of hands. Made by `createHandDetector`. */
export class HandDetector extends PictureTask<HandOptions, Hand[]> {
  readonly #part: ModelPart;

  /** @internal Throws InputError for a model without its head. */
  constructor(model: PictureModel, part: ModelPart) {
    super(handDetection(part), model);
    this.#part = part;
  }

  /**
   * The hands in a picture, best first, or those in each of several. All is in the picture's own pixels. A frame or a bitmap stays
   * open until the call is done. Rejects as `Session.run` does, with InputError for a picture that cannot be read or options out
   * of range, and with LoadError where the model for the joints cannot be loaded.
   */
  detect(picture: PictureSource | PictureFile, options?: HandOptions): Promise<Hand[]>;
  detect(pictures: readonly (PictureSource | PictureFile)[], options?: HandOptions): Promise<Hand[][]>;
  async detect(
    pictures: PictureSource | PictureFile | readonly (PictureSource | PictureFile)[],
    options: HandOptions = {},
  ): Promise<Hand[] | Hand[][]> {
    return this.runAll(pictures, options);
  }

  /**
   * @internal Of hands whose joints were found, the joints say where they are next; what a hand does, only the detector says, in
   * each frame.
   */
  protected override async follower(): Promise<FollowStep<HandOptions, Hand[]>> {
    const part = this.#part;
    if (!part.exists || this.labels) return super.follower();
    const { followRegions } = await onDemand('following', () => import('./follow-regions.ts'));
    return followRegions({
      regionOf: handAgain,
      look: (picture, hands, options) => handsIn(part, picture, hands, handAgain, options),
      detect: (picture, options, known) => this.run(picture, options, known),
    });
  }

  override dispose(): void {
    this.#part.dispose();
    super.dispose();
  }
}
