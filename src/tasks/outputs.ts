/** Which outputs of a model a task reads, and so what a model is for: the one answer that tasks, the command and the demo give. */
import { InputError } from '../core/errors.ts';
import { shapeText } from '../core/tensor.ts';
import type { Port } from '../session/feeds.ts';
import { product } from '../util/arrays.ts';

/** Tasks whose outputs are recognised. */
export type PictureTaskName = 'classification' | 'detection';

/** Columns of a row that describes a box: x1, y1, x2, y2, score, class. */
const BOX_COLUMNS = 6;

/** More than any classifier tells apart: a longer vector is another output, flattened. */
const MAX_CLASSES = 2 ** 16;

/**
 * What a model is for: a picture in and rows of boxes out is a detector, a picture in and one score a class out a classifier;
 * of everything else nobody can know what it means. An extent without a number is taken for no class and no row.
 */
export function taskOf({
  inputs,
  outputs,
}: {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}): PictureTaskName | 'other' {
  const [input, ...more] = inputs;
  if (!input || more.length > 0 || !isPictureShape(input.shape)) return 'other';
  if (boxesAmong(outputs)) return 'detection';
  return scoresAmong(outputs) ? 'classification' : 'other';
}

/**
 * The output that holds one score a class: with labels, the first vector with as many elements; without, the first of vectors
 * that are alike, if there is nothing else. Throws InputError that names the outputs: LabelsError where there are labels.
 */
export function scoresOutput(outputs: readonly Port[], labels?: readonly string[]): string {
  const found = scoresAmong(outputs, labels);
  if (found) return found.name;
  if (labels) throw new LabelsError(labels.length, listOf(outputs));
  throw new InputError(`the outputs are not one score a class but ${likeness(outputs)}: ${listOf(outputs)}`, {
    hint: boxesAmong(outputs)
      ? 'Use createDetector'
      : 'Give the labels, if one of them is; else decode what a Session, or tilewise run, gives',
  });
}

/** What outputs that are no scores look like. */
function likeness(outputs: readonly Port[]): string {
  if (boxesAmong(outputs)) return 'rows of boxes';
  const has = (rank: number): boolean =>
    outputs.some(({ shape }) => shape.length === rank && Number.isNaN(vectorLength(shape)));
  if (has(3)) return 'rows of numbers, as detectors give';
  return has(4) ? 'maps, as detectors and segmenters give' : 'other numbers';
}

function listOf(outputs: readonly Port[]): string {
  return outputs.map(({ name, shape }) => `"${name}" ${shapeText(shape)}`).join(', ');
}

/** No output has one score for each label. */
export class LabelsError extends InputError {
  constructor(count: number, outputs: string) {
    super(`there are ${count} labels, and no output holds ${count} scores; the outputs are ${outputs}`, {
      hint: 'Labels are one for each class, in the order of the classes',
    });
  }
}

function scoresAmong(outputs: readonly Port[], labels?: readonly string[]): Port | undefined {
  const counts = outputs.map(({ shape }) => vectorLength(shape));
  if (labels) return outputs[counts.indexOf(labels.length)];
  const [count = 0] = counts;
  const scores = outputs.every(({ dtype }) => !/^(int(32|64)|bool)$/.test(dtype));
  return scores && count > 1 && count <= MAX_CLASSES && counts.every((other) => other === count)
    ? outputs[0]
    : undefined;
}

function boxesAmong(outputs: readonly Port[], named?: string): Port | undefined {
  return outputs.find(({ name, shape }) =>
    named === undefined ? shape.length === 3 && shape[0] === 1 && shape[2] === BOX_COLUMNS : name === named,
  );
}

/** Four axes, three channels or the one of grey, first or last. */
function isPictureShape(shape: Port['shape']): boolean {
  return shape.length === 4 && [shape[1], shape[3]].some((channels) => channels === 3 || channels === 1);
}

/** The number of elements, when all lie along one axis; NaN when they do not. */
function vectorLength(shape: Port['shape']): number {
  const extents = shape.map(Number);
  const count = product(extents);
  return Math.max(1, ...extents) === count ? count : NaN;
}
