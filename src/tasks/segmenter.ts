/** Pictures to classes of their pixels, or to things with their masks: a loaded segmenter. */
import { InputError } from '../core/errors.ts';
import type { PictureFile } from '../pictures/picture-file.ts';
import type { PictureSource } from '../pictures/source.ts';
import { matteClasses, toClassMap, type SegmentedClasses } from '../vision/class-maps.ts';
import type { DetectionOptions } from '../vision/decode/detections.ts';
import { toInstances, type Instance } from '../vision/instances.ts';
import { matteOf } from '../vision/mattes.ts';
import type { PictureSize } from '../vision/picture-spec.ts';
import { createHeadedTask, headOf, resultNames, resultsOf, type HeadedTaskOptions } from './headed-task.ts';
import { BOX_OPTIONS, keptBoxesOf, limitFeeds } from './kept-boxes.ts';
import { maskFeed } from './mask-feed.ts';
import type { PictureModel, TaskSource } from './picture-model.ts';
import {
  PICTURE_RUN_OPTIONS,
  PictureTask,
  type PictureRunOptions,
  type PictureTaskDefinition,
} from './picture-task.ts';
import type { BoundOutput } from './real-output.ts';

/**
 * Options of `Segmenter.segment`. `threshold` is the lowest score of a thing (0.3 unless given); of networks that score the classes of
 * pixels the least probability of the best one, below which a pixel is of no class (0: each has one); of those that tell a
 * foreground what a pixel of it reaches (0.5); maps of classes that are integers have no scores. `iou` and `max` are about things. Pixels
 * of classes that are not allowed, or denied, become background, where a class is called so, else they are of no class.
 */
export interface SegmentOptions extends DetectionOptions, PictureRunOptions {}

/** What a segmenter found: the class of each pixel (semantic segmentation), or things, best first, with their masks. */
export type Segmentation =
  | ({ readonly kind: 'classes' } & SegmentedClasses)
  | { readonly kind: 'instances'; readonly instances: readonly Instance[] };

const SEGMENTATION: PictureTaskDefinition<SegmentOptions, Segmentation> = {
  call: 'segment',
  options: { ...PICTURE_RUN_OPTIONS, ...BOX_OPTIONS },
  bind: resultNames,
  feeds: (model, options) => {
    const limits = limitFeeds(model, { ...options, threshold: options.threshold ?? usualThreshold(model) });
    return { ...limits, ...maskFeed(model) };
  },
  decode: (outputs, picture, model, options) => segmentationOf(resultsOf(model, outputs), picture, model, options),
};

/**
 * Loads a segmenter: a name of the catalogue (`selfie-segmentation`, people and their background, where none is given), or any model
 * that takes a picture and whose outputs are known here: see the option `decode`. What follows the model's own outputs runs where it does,
 * up to one class a pixel of the input, or the boxes that are kept. Rejects as `Session.create` does, and with InputError, which says
 * what would be read, when the outputs are of another kind, or labels are not one for each class.
 */
export async function createSegmenter(source?: TaskSource, options?: HeadedTaskOptions): Promise<Segmenter> {
  return createHeadedTask(Segmenter, 'segmentation', source, options, () =>
    import('../heads/segmentation.ts').then(({ SEGMENTATION_HEADS }) => SEGMENTATION_HEADS),
  );
}

/** A loaded segmenter. Made by `createSegmenter`. How good it is says `confusionReport`: its `meanIoU`, of class maps. */
export class Segmenter extends PictureTask<SegmentOptions, Segmentation> {
  /** Throws InputError for a model without its head, and labels that are not those of a foreground where it tells one. */
  constructor(model: PictureModel) {
    super(SEGMENTATION, { ...model, labels: labelsOf(model) });
  }

  /**
   * The classes of a picture's pixels, or the things in it with their masks, or those of each of several pictures, in their own
   * pixels. Rejects as `Session.run` does, and with InputError for a picture that cannot be read, options out of range, and
   * a network that gives no finite numbers (a score of −∞ beside others is none at all, and right).
   */
  segment(picture: PictureSource | PictureFile, options?: SegmentOptions): Promise<Segmentation>;
  segment(pictures: readonly (PictureSource | PictureFile)[], options?: SegmentOptions): Promise<Segmentation[]>;
  async segment(
    pictures: PictureSource | PictureFile | readonly (PictureSource | PictureFile)[],
    options: SegmentOptions = {},
  ): Promise<Segmentation | Segmentation[]> {
    return this.runAll(pictures, options);
  }
}

/** By what a head gives: scores of classes are compared with each other, a foreground's with one half. */
function usualThreshold(model: PictureModel): number {
  const { results } = headOf(model);
  if ('classes' in results) return 0;
  return 'alpha' in results ? 0.5 : 0.3;
}

function segmentationOf(
  results: Readonly<Record<string, BoundOutput>>,
  picture: PictureSize,
  model: PictureModel,
  options: SegmentOptions,
): Segmentation {
  const { preprocessing, labels } = model;
  const { classes, sum, alpha } = results;
  const choice = { ...options, labels };
  if (alpha) {
    const { threshold = usualThreshold(model) } = options;
    return { kind: 'classes', ...matteClasses(matteOf(alpha, picture, preprocessing), threshold, choice) };
  }
  if (!classes) {
    const boxes = keptBoxesOf(results, labels);
    return { kind: 'instances', instances: toInstances(boxes, results, picture, preprocessing, choice) };
  }
  if (Number.isNaN(sum?.data[0])) throw new InputError('the network gives scores that are no finite numbers');
  return { kind: 'classes', ...toClassMap(classes, picture, preprocessing, choice) };
}

/** Names of the classes: a matte has a background beside the foreground that was named. */
function labelsOf(model: PictureModel): readonly string[] | undefined {
  const { labels } = model;
  if (!('alpha' in headOf(model).results)) return labels;
  if (labels?.length === 2) return labels;
  const [foreground = 'foreground', ...more] = labels ?? [];
  if (more.length === 0) return ['background', foreground];
  throw new InputError(`there are ${more.length + 1} labels, and the network tells a foreground from its background`, {
    hint: 'Name these two, or the foreground alone',
  });
}
