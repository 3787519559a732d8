/** Pictures to poses of the people in them: a loaded network, its preprocessing and the names of its key points in one object. */
import { InputError } from '../core/errors.ts';
import { onDemand } from '../core/on-demand.ts';
import type { OptionRules } from '../core/option-rules.ts';
import type { PictureFile } from '../pictures/picture-file.ts';
import type { PictureSource } from '../pictures/source.ts';
import { at } from '../util/arrays.ts';
import { BLAZEPOSE_POINTS } from '../vision/point-names.ts';
import { boxOfPoints, toPoses, type Pose, type PosePoint } from '../vision/poses.ts';
import { wholePictureMap, type PictureRegion } from '../vision/region-spec.ts';
import { poseRegion } from '../vision/regions.ts';
import { worldPoints } from '../vision/world-points.ts';
import {
  createHeadedTask,
  HEADED_OPTIONS,
  headOf,
  resultNames,
  resultsOf,
  type HeadedTaskOptions,
} from './headed-task.ts';
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

/** Options of `PoseEstimator.estimate`. */
export interface PoseOptions extends PictureRunOptions {
  /** Lowest score of a person; 0.25 unless given, as TensorFlow.js has it. */
  readonly threshold?: number;
  /** Boxes that overlap more than this show one person; 0.5 unless given. Networks that look for one person have none. */
  readonly iou?: number;
  /** How many people are given at most; 50 unless given. */
  readonly max?: number;
}

const { threshold, iou, max } = BOX_OPTIONS;
const OPTIONS: OptionRules<PoseOptions> = { ...PICTURE_RUN_OPTIONS, threshold, iou, max };

/** TensorFlow.js's lowest score. */
const USUAL = { threshold: 0.25 } as const;

/** Options of `createPoseEstimator`. */
export interface PoseEstimatorOptions extends HeadedTaskOptions {
  /**
   * The model that finds the landmarks of a person whom a detector of the kind `blazepose` found; false: none. Default: the
   * catalogue's, where it knows the detector.
   */
  readonly landmarks?: PartSource;
}

/** What they may be. */
export const POSE_ESTIMATOR_OPTIONS: OptionRules<PoseEstimatorOptions> = { ...HEADED_OPTIONS, landmarks: 'any' };

const LANDMARKS: PartKind<RegionModel> = {
  name: 'landmarks',
  task: 'pose-landmarks',
  heads: () => import('../heads/poses.ts').then(({ POSE_LANDMARK_HEADS }) => POSE_LANDMARK_HEADS),
  model: RegionModel,
};

/** Where the landmarks of a pose are looked for next: points say so that are no part of it. */
type NextRegions = WeakMap<Pose, PictureRegion>;

const poseEstimation = (part: ModelPart, next: NextRegions): PictureTaskDefinition<PoseOptions, Pose[]> => ({
  call: 'estimate',
  options: OPTIONS,
  bind: resultNames,
  feeds: (model, options) => limitFeeds(model, { ...USUAL, ...options }),
  decode: async (outputs, picture, model, options, { picture: shown, known = [] }) => {
    const { threshold: least = USUAL.threshold, max: most = 50 } = options;
    const results = resultsOf(model, outputs);
    const whole = wholePictureMap(picture, model.preprocessing);
    const found = toPoses(results, keptBoxesOf(results), whole, least);
    if (!part.exists) return found.slice(0, most);
    const isKnown = (person: Pose): boolean => known.some((pose) => isOneThing(next.get(pose), personRegion(person)));
    const fresh = found.filter((person) => !isKnown(person)).slice(0, most - known.length);
    const reading = { regionOf: personRegion, read: poseReader(least, next), threshold: least };
    return bestFirst([...known, ...(await regionAnswers(part, shown, fresh, reading, options))]);
  },
});

function personRegion({ points }: Pose): PictureRegion {
  return poseRegion(at(points, 0), at(points, 1));
}

/** What landmarks are as a pose; it notes where that is looked for next. */
function poseReader(least: number, next: NextRegions) {
  return ({ results, map }: RegionAnswer, score: number): Pose | undefined => {
    const { points, visibility, presence, world, frame } = results;
    const places = points && placesIn(points, map);
    if (!places || !visibility || !presence) return undefined;
    const all = places.map((place, i): PosePoint => {
      const [seen, there] = [at(visibility.data, i), at(presence.data, i)];
      const name = at(BLAZEPOSE_POINTS, i);
      return { ...place, name, score: Math.min(seen, there), visibility: seen, presence: there };
    });
    const box = boxOfPoints(all, least);
    const pose = { ...box, score, points: all, ...(world ? { world: worldPoints(world, map) } : {}) };
    const [hips, scale] = (frame && placesIn(frame, map)) ?? [];
    if (hips && scale) next.set(pose, poseRegion(hips, scale));
    return pose;
  };
}

/**
 * Loads an estimator of poses: a name of the catalogue (`movenet-lightning`, which is taken where none is given), or any model that
 * takes a picture and whose outputs are known here: see the option `decode`. Where the model only says where people are (`blazepose`),
 * a second one finds their landmarks; it is loaded with the first person. Decoders are movenet, movenet-multi, blazepose and heat-maps. Rejects as `Session.create` does, and with InputError,
 * which says what would be read, when the outputs are of another kind.
 */
export async function createPoseEstimator(source?: TaskSource, options?: PoseEstimatorOptions): Promise<PoseEstimator> {
  const { landmarks, ...own } = await checkTaskOptions('pose', options, POSE_ESTIMATOR_OPTIONS);
  /** With the part that was asked for. */
  class Parted extends PoseEstimator {
    constructor(model: PictureModel) {
      super(model, new ModelPart(LANDMARKS, model, landmarks, own));
    }
  }
  return createHeadedTask(Parted, 'pose', source, own, () =>
    import('../heads/poses.ts').then(({ POSE_HEADS }) => POSE_HEADS),
  );
}

/** A loaded estimator of poses. Made by `createPoseEstimator`. */
export class PoseEstimator extends PictureTask<PoseOptions, Pose[]> {
  readonly #part: ModelPart;
  readonly #next: NextRegions;

  /** @internal Throws InputError for a model without its head, and for landmarks behind one that does not say where they are. */
  constructor(model: PictureModel, part: ModelPart) {
    const next: NextRegions = new WeakMap();
    super(poseEstimation(part, next), model);
    this.#part = part;
    this.#next = next;
    const { decode } = headOf(model);
    if (!part.exists || decode === 'blazepose') return;
    throw new InputError(`landmarks are found where a blazepose says that a person is, and the model is a ${decode}`, {
      hint: 'Leave out landmarks: its own key points are given',
    });
  }

  /**
   * The people in a picture, best first, or those in each of several. All is in the picture's own pixels. Rejects as `Session.run`
   * does, and with InputError for a picture that cannot be read or options out of range.
   */
  estimate(picture: PictureSource | PictureFile, options?: PoseOptions): Promise<Pose[]>;
  estimate(pictures: readonly (PictureSource | PictureFile)[], options?: PoseOptions): Promise<Pose[][]>;
  async estimate(
    pictures: PictureSource | PictureFile | readonly (PictureSource | PictureFile)[],
    options: PoseOptions = {},
  ): Promise<Pose[] | Pose[][]> {
    return this.runAll(pictures, options);
  }

  /** @internal Of people whose landmarks were found, these say where they are next. */
  protected override async follower(): Promise<FollowStep<PoseOptions, Pose[]>> {
    const [part, next] = [this.#part, this.#next];
    if (!part.exists) return super.follower();
    const { followRegions } = await onDemand('following', () => import('./follow-regions.ts'));
    return followRegions({
      regionOf: (pose) => next.get(pose),
      look: (picture, poses, options) => {
        const { threshold: least = USUAL.threshold } = options;
        const places = poses.flatMap((pose) => next.get(pose) ?? []);
        const reading = { regionOf: (place: PictureRegion) => place, read: poseReader(least, next), threshold: least };
        return regionAnswers(part, picture, places, reading, options);
      },
      detect: (picture, options, known) => this.run(picture, options, known),
    });
  }

  override dispose(): void {
    this.#part.dispose();
    super.dispose();
  }
}
