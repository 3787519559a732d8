/** Pictures to things in them: a loaded detector, its preprocessing and its labels in one object. */
import type { PictureFile } from '../pictures/picture-file.ts';
import type { PictureSource } from '../pictures/source.ts';
import { toDetections, type Detection, type DetectionOptions } from '../vision/decode/detections.ts';
import { createHeadedTask, resultNames, resultsOf, type HeadedTaskOptions } from './headed-task.ts';
import { BOX_OPTIONS, keptBoxesOf, limitFeeds } from './kept-boxes.ts';
import type { PictureModel, TaskSource } from './picture-model.ts';
import {
  PICTURE_RUN_OPTIONS,
  PictureTask,
  type PictureRunOptions,
  type PictureTaskDefinition,
} from './picture-task.ts';

/** Options of `Detector.detect`. */
export interface DetectOptions extends DetectionOptions, PictureRunOptions {}

const DETECTION: PictureTaskDefinition<DetectOptions, Detection[]> = {
  call: 'detect',
  options: { ...PICTURE_RUN_OPTIONS, ...BOX_OPTIONS },
  bind: resultNames,
  feeds: limitFeeds,
  decode: (outputs, picture, model, options) => {
    const { preprocessing, labels } = model;
    const boxes = keptBoxesOf(resultsOf(model, outputs), labels);
    return toDetections(boxes, picture, preprocessing, { ...options, labels });
  },
};

/**
 * Loads a detector: a name of the catalogue (`centernet`, which is taken where none is given), or any model that takes a picture and
 * whose outputs are known here: see the option `decode`. What follows the model's own outputs runs where it does, up to the boxes that are kept.
 * Decoders are yolov8 (to v12), yolov5 (and v7), nanodet, yolox, yolo-nas, detection-output, rows, ssd, ssd-coco, detr, rt-detr, torchvision,
 * torchvision-coco, fastest-det, centernet, tiny-yolov2, yolov2, yolov3 and tiny-yolov3.
 * Rejects as `Session.create` does, and with InputError, which says what would be read, when the outputs are of another kind, or may
 * be of two.
 */
export async function createDetector(source?: TaskSource, options?: HeadedTaskOptions): Promise<Detector> {
  return createHeadedTask(Detector, 'detection', source, options, () =>
    import('../heads/detection.ts').then(({ DETECTION_HEADS }) => DETECTION_HEADS),
  );
}

/** A loaded detector. Made by `createDetector`. */
export class Detector extends PictureTask<DetectOptions, Detection[]> {
  /** Throws InputError for a model without its head. */
  constructor(model: PictureModel) {
    super(DETECTION, model);
  }

  /**
   * What is in a picture, best first, or in each of several. Boxes are in the picture's own pixels. Rejects as `Session.run` does,
   * and with InputError for a picture that cannot be read or options out of range.
   */
  detect(picture: PictureSource | PictureFile, options?: DetectOptions): Promise<Detection[]>;
  detect(pictures: readonly (PictureSource | PictureFile)[], options?: DetectOptions): Promise<Detection[][]>;
  async detect(
    pictures: PictureSource | PictureFile | readonly (PictureSource | PictureFile)[],
    options: DetectOptions = {},
  ): Promise<Detection[] | Detection[][]> {
    return this.runAll(pictures, options);
  }
}
