/** What the numbers of a window may be: files say anything, and coordinates in kernels have 32 bits. */
import { ShapeError } from '../../core/errors.ts';
import { at, product } from '../../util/arrays.ts';

/** How far a window may stride, reach or pad: what eight neighbouring outputs see then still lies within 31 bits. */
export const MAX_REACH = 2 ** 27;

/** How many elements a window may look at: each output of a GPU visits as many in one loop. */
export const MAX_TAPS = 2 ** 24;

/** Throws ShapeError, which names the list, unless it has so many integers, from `least` to `MAX_REACH`. */
export function checkWindowList(name: string, list: readonly number[], length: number, least: number): void {
  if (list.length !== length || list.some((v) => !Number.isInteger(v) || v < least || v > MAX_REACH)) {
    throw new ShapeError(`${name} [${list.join(', ')}] must be ${length} integers from ${least} to ${MAX_REACH}`);
  }
}

/** Throws ShapeError unless kernel and dilations have an entry for each dimension, and stay within the limits together. */
export function checkKernel(kernel: readonly number[], dilations: readonly number[], rank: number): void {
  checkWindowList('kernel', kernel, rank, 1);
  checkWindowList('dilations', dilations, rank, 1);
  const far = kernel.some((k, i) => (k - 1) * at(dilations, i) >= MAX_REACH);
  if (!far && product(kernel) <= MAX_TAPS) return;
  throw new ShapeError(
    `kernel [${kernel.join(', ')}] with dilations [${dilations.join(', ')}] must look at ${MAX_TAPS} elements at most and reach over ${MAX_REACH}`,
  );
}
