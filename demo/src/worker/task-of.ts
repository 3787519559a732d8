/** What a model is for, guessed from its inputs and outputs. */
import type { Port } from '../../../src/index.ts';
import type { Task } from './protocol.ts';

/** Columns of a row that describes a box: corners, score, class. */
const BOX_COLUMNS = 6;

/**
 * A picture in and rows of boxes out is a detector, a picture in and nothing but vectors out a classifier; of everything else
 * the page cannot know what it means.
 */
export function taskOf(inputs: readonly Port[], outputs: readonly Port[]): Task {
  const [input, ...more] = inputs;
  if (!input || more.length > 0 || !isPicture(input)) return 'other';
  const shapes = outputs.map(({ shape }) => shape.map(Number));
  if (shapes.some((shape) => shape.length === 3 && shape[0] === 1 && shape[2] === BOX_COLUMNS)) return 'detection';
  return shapes.length > 0 && shapes.every(isVector) ? 'classification' : 'other';
}

/** Four axes, three channels, first or last. */
function isPicture({ shape }: Port): boolean {
  return shape.length === 4 && (shape[1] === 3 || shape[3] === 3);
}

/** More than one element, all along one axis. */
function isVector(shape: readonly number[]): boolean {
  return Math.max(...shape) > 1 && shape.filter((extent) => extent > 1).length === 1;
}
