/** Pictures to things in them: a loaded detector, its preprocessing and its labels in one object. */
import type { PictureFile } from '../pictures/picture-file.ts';
import type { PictureSource } from '../pictures/source.ts';
import { boxRows, toDetections, type Detection, type DetectionOptions } from '../vision/decode/detections.ts';
import { boxesOutput } from './outputs.ts';
import type { PictureModel, TaskOptions, TaskSource } from './picture-model.ts';
import {
  createPictureTask,
  PICTURE_RUN_OPTIONS,
  PictureTask,
  type PictureRunOptions,
  type PictureTaskDefinition,
} from './picture-task.ts';

/** Options of `Detector.detect`. */
export interface DetectOptions extends DetectionOptions, PictureRunOptions {}

const DETECTION: PictureTaskDefinition<DetectOptions, Detection[]> = {
  call: 'detect',
  options: { ...PICTURE_RUN_OPTIONS, threshold: 'number', iou: 'number', max: 'count' },
  bind: ({ session, entry }) => [boxesOutput(session.outputs, entry?.boxes)],
  decode: ([rows], picture, { preprocessing, labels }, options) =>
    rows ? toDetections(boxRows(rows), picture, preprocessing, { ...options, labels }) : [],
};

/**
 * Loads a detector whose output is decoded: a name of the catalogue (`centernet`, which is taken where none is given), or any model that takes a picture and gives
 * rows of x1, y1, x2, y2 in input pixels, score and class, `[1, boxes, 6]`. Rejects as `Session.create` does, and with
 * InputError when the model is not so.
 */
export async function createDetector(source?: TaskSource, options?: TaskOptions): Promise<Detector> {
  return createPictureTask(Detector, 'detection', source, options);
}

/** A loaded detector. Made by `createDetector`. */
export class Detector extends PictureTask<DetectOptions, Detection[]> {
  /** Throws InputError when no output holds rows of boxes. */
  constructor(model: PictureModel) {
    super(DETECTION, model);
  }

  /**
   * What is in a picture, best first. Boxes are in the picture's own pixels. Rejects as `Session.run` does, and with
   * InputError for a picture that cannot be read or options out of range.
   */
  async detect(picture: PictureSource | PictureFile, options: DetectOptions = {}): Promise<Detection[]> {
    return this.run(picture, options);
  }
}
