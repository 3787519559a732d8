/** Confusion matrices, what is derived of them for each class, and the metrics of class maps. */
import { InputError } from '../../core/errors.ts';
import { at, range } from '../../util/arrays.ts';

/** How often a class was taken for another. */
export interface ConfusionMatrix {
  /** Rows and columns. */
  readonly size: number;
  /** By rows: `counts[truth * size + predicted]`. */
  readonly counts: Float64Array;
}

/** How `confusionMatrix` counts. */
export interface ConfusionOptions {
  /** Number of classes. */
  readonly classes: number;
  /** A true class that is passed over, 255 in many data sets. */
  readonly ignore?: number;
}

/** What a confusion matrix says of one class. NaN is what is divided by nothing. */
export interface ClassScores {
  readonly index: number;
  /** How many there truly are, and how many were predicted. */
  readonly truths: number;
  readonly predicted: number;
  /** Share of the predicted that are right. */
  readonly precision: number;
  /** Share of the true ones that were found: the accuracy of the class. */
  readonly recall: number;
  /** Harmonic mean of both, for pixels Dice's coefficient. */
  readonly f1: number;
  /** Right ones over those that are true, predicted or both. */
  readonly iou: number;
}

/**
 * What a confusion matrix says. Means are over classes for which the number is defined: a class that is neither true nor
 * predicted anywhere is left out of them all, one that is never predicted of the mean precision, one that is never true of the mean recall.
 */
export interface ConfusionReport {
  readonly classes: readonly ClassScores[];
  /** Share of right answers; of class maps the pixel accuracy. */
  readonly accuracy: number;
  readonly meanPrecision: number;
  /** Also called the balanced or mean class accuracy. */
  readonly meanRecall: number;
  readonly meanF1: number;
  /** mIoU: Everingham et al., "The PASCAL VOC Challenge: A Retrospective" (2015), section 3.4. */
  readonly meanIoU: number;
  /** IoU weighted by how many there truly are: Long et al., "Fully Convolutional Networks", arXiv:1411.4038, section 5. */
  readonly frequencyWeightedIoU: number;
}

/**
 * Counts each pair of a true and a predicted class: of pictures, or of pixels of class maps. Several maps are counted one by
 * one, and added with `addConfusion`, as VOC and Cityscapes do; an mIoU of pictures averaged is another number.
 * Throws InputError for lengths that do not fit, and classes that are none of 0 … classes − 1 and not ignored.
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  { classes, ignore }: ConfusionOptions,
): ConfusionMatrix {
  if (truth.length !== predicted.length) {
    throw new InputError(`${truth.length} true classes and ${predicted.length} predicted ones are no pairs`);
  }
  const matrix = emptyConfusion(classes);
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] === ignore) continue;
    const cell = classOf(truth[i], classes) * classes + classOf(predicted[i], classes);
    matrix.counts[cell] = at(matrix.counts, cell) + 1;
  }
  return matrix;
}

/** A matrix that has counted nothing. Throws InputError for a number of classes that is none. */
export function emptyConfusion(size: number): ConfusionMatrix {
  if (!Number.isSafeInteger(size) || size < 1 || size > 2 ** 13) {
    throw new InputError(`the number of classes is between 1 and ${2 ** 13}, not ${size}`);
  }
  return { size, counts: new Float64Array(size * size) };
}

/** What several matrices counted together. Throws InputError when there is none, and for different numbers of classes. */
export function addConfusion(matrices: readonly ConfusionMatrix[]): ConfusionMatrix {
  const [first] = matrices;
  if (!first) throw new InputError('there is no confusion matrix to add');
  const sum = emptyConfusion(first.size);
  for (const { size, counts } of matrices) {
    if (size !== sum.size)
      throw new InputError(`confusion matrices of ${sum.size} and ${size} classes cannot be added`);
    for (const [i, count] of counts.entries()) sum.counts[i] = at(sum.counts, i) + count;
  }
  return sum;
}

/** Precision, recall, F1 and IoU of each class, and their means. Throws InputError for what is no matrix. */
export function confusionReport({ size, counts }: ConfusionMatrix): ConfusionReport {
  if (counts.length !== size * size) throw new InputError(`${counts.length} counts are no square of ${size} classes`);
  const count = (row: number, column: number): number => counts[row * size + column] ?? NaN;
  const classes = range(size).map((index): ClassScores => {
    const truths = range(size).reduce((sum, other) => sum + count(index, other), 0);
    const predicted = range(size).reduce((sum, other) => sum + count(other, index), 0);
    const right = count(index, index);
    return {
      index,
      truths,
      predicted,
      precision: right / predicted,
      recall: right / truths,
      f1: (2 * right) / (truths + predicted),
      iou: right / (truths + predicted - right),
    };
  });
  const total = classes.reduce((sum, { truths }) => sum + truths, 0);
  const seen = classes.filter(({ truths }) => truths > 0);
  return {
    classes,
    accuracy: range(size).reduce((sum, i) => sum + count(i, i), 0) / total,
    meanPrecision: definedMean(classes.map(({ precision }) => precision)),
    meanRecall: definedMean(classes.map(({ recall }) => recall)),
    meanF1: definedMean(classes.map(({ f1 }) => f1)),
    meanIoU: definedMean(classes.map(({ iou }) => iou)),
    frequencyWeightedIoU: seen.length > 0 ? seen.reduce((sum, c) => sum + c.truths * c.iou, 0) / total : NaN,
  };
}

/** Mean of the numbers that are not NaN; NaN where there is none. */
export function definedMean(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

function classOf(value: number | undefined, classes: number): number {
  if (value !== undefined && Number.isInteger(value) && value >= 0 && value < classes) return value;
  throw new InputError(`${value} is none of the classes 0 to ${classes - 1}`, {
    hint: 'A label that means nothing is given as ignore',
  });
}
