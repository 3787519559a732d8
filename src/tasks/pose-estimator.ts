/** Pictures to poses of the people in them: a loaded network, its preprocessing and the names of its key points in one object. */
import type { OptionRules } from '../core/option-rules.ts';
import type { PictureFile } from '../pictures/picture-file.ts';
import type { PictureSource } from '../pictures/source.ts';
import { toPoses, type Pose } from '../vision/poses.ts';
import { wholePictureMap } from '../vision/region-spec.ts';
import { createHeadedTask, resultNames, resultsOf, type HeadedTaskOptions } from './headed-task.ts';
import { BOX_OPTIONS, keptBoxesOf, limitFeeds } from './kept-boxes.ts';
import type { PictureModel, TaskSource } from './picture-model.ts';
import {
  PICTURE_RUN_OPTIONS,
  PictureTask,
  type PictureRunOptions,
  type PictureTaskDefinition,
} from './picture-task.ts';

/** Options of `PoseEstimator.estimate`. */
export interface PoseOptions extends PictureRunOptions {
  /** Lowest score of a person; 0.3 unless given. */
  readonly threshold?: number;
  /** Boxes that overlap more than this show one person; 0.5 unless given. Networks that look for one person have none. */
  readonly iou?: number;
  /** How many people are given at most; 50 unless given. */
  readonly max?: number;
}

const { threshold, iou, max } = BOX_OPTIONS;
const OPTIONS: OptionRules<PoseOptions> = { ...PICTURE_RUN_OPTIONS, threshold, iou, max };

const POSES: PictureTaskDefinition<PoseOptions, Pose[]> = {
  call: 'estimate',
  options: OPTIONS,
  bind: resultNames,
  feeds: limitFeeds,
  decode: (outputs, picture, model, { threshold: least = 0.3, max: most = 50 }) => {
    const results = resultsOf(model, outputs);
    return toPoses(results, keptBoxesOf(results), wholePictureMap(picture, model.preprocessing), least).slice(0, most);
  },
};

/**
 * Loads an estimator of poses: a name of the catalogue (`movenet-lightning`, which is taken where none is given), or any model that
 * takes a picture and whose outputs are known here: see the option `decode`. Rejects as `Session.create` does, and with InputError,
 * which says what would be read, when the outputs are of another kind.
 */
export async function createPoseEstimator(source?: TaskSource, options?: HeadedTaskOptions): Promise<PoseEstimator> {
  return createHeadedTask(PoseEstimator, 'pose', source, options, () =>
    import('../heads/poses.ts').then(({ POSE_HEADS }) => POSE_HEADS),
  );
}

/** A loaded estimator of poses. Made by `createPoseEstimator`. */
export class PoseEstimator extends PictureTask<PoseOptions, Pose[]> {
  /** Throws InputError for a model without its head. */
  constructor(model: PictureModel) {
    super(POSES, model);
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
}
