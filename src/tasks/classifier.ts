/** Pictures to classes: a loaded classifier, its preprocessing and its labels in one object. */
import type { PictureFile } from '../pictures/picture-file.ts';
import type { PictureSource } from '../pictures/source.ts';
import { topK, toProbabilities, type Ranked } from '../vision/decode/classes.ts';
import { scoresOutput } from './outputs.ts';
import type { PictureModel, TaskOptions, TaskSource } from './picture-model.ts';
import {
  createPictureTask,
  PICTURE_RUN_OPTIONS,
  PictureTask,
  type PictureRunOptions,
  type PictureTaskDefinition,
} from './picture-task.ts';

/** Options of `Classifier.classify`. */
export interface ClassifyOptions extends PictureRunOptions {
  /** How many classes to give; 5 unless given. */
  readonly topK?: number;
}

const CLASSIFICATION: PictureTaskDefinition<ClassifyOptions, Ranked[]> = {
  call: 'classify',
  options: { ...PICTURE_RUN_OPTIONS, topK: 'count' },
  bind: ({ session, labels }) => [scoresOutput(session.outputs, labels)],
  decode: ([scores], _, { labels }, { topK: count = 5 }) =>
    topK(toProbabilities(scores?.data ?? [], scores?.range), count, labels),
};

/**
 * Loads a classifier: a name of the catalogue, a URL, File(s), bytes, or a Graph; without one the catalogue's MobileNet v2 of
 * ImageNet, which is downloaded, or comes from `modelBase`. A model that the catalogue does not know, neither by name nor by its
 * file, is fed as is usual for an input of its shape, unless `preprocessing` says otherwise. Rejects as `Session.create` does, and with
 * InputError when the model takes no single picture, its outputs are not scores, or none has as many as there are labels.
 */
export async function createClassifier(source?: TaskSource, options?: TaskOptions): Promise<Classifier> {
  return createPictureTask(Classifier, 'classification', source, options);
}

/** A loaded classifier. Made by `createClassifier`. */
export class Classifier extends PictureTask<ClassifyOptions, Ranked[]> {
  /** Throws InputError when the model's outputs are not scores. */
  constructor(model: PictureModel) {
    super(CLASSIFICATION, model);
  }

  /**
   * The best classes of a picture, best first, with probabilities: scores that are none go through a softmax. Rejects as
   * `Session.run` does, and with InputError for a picture that cannot be read.
   */
  async classify(picture: PictureSource | PictureFile, options: ClassifyOptions = {}): Promise<Ranked[]> {
    return this.run(picture, options);
  }
}
