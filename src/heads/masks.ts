/** What detectors of masks have beside their boxes: prototypes, and in each row as many coefficients. */
import { sameArray } from '../util/arrays.ts';
import type { HeadOutput } from './head.ts';
import { mapOf, type InputExtents } from './pyramid.ts';

/** Pixels from one cell of a prototype to the next. */
const STRIDE = 4;

/** The prototypes of the masks of YOLO v5 to v12, `[1, M, h, w]`, at a fourth of the input. */
export function prototypesAmong(outputs: readonly HeadOutput[], input: InputExtents): HeadOutput | undefined {
  return outputs.find(({ shape: [batch, , ...map] }) => batch === 1 && sameArray(map, mapOf(STRIDE, input)));
}

/** How many numbers of each row are coefficients of masks: none where there are no prototypes. */
export function maskChannels(outputs: readonly HeadOutput[], input: InputExtents): number {
  return prototypesAmong(outputs, input)?.shape[1] ?? 0;
}

/** An output, and the prototypes that say how its rows are divided, where there are some. */
export function withPrototypes(
  found: HeadOutput | undefined,
  outputs: readonly HeadOutput[],
  input: InputExtents,
): readonly HeadOutput[] | undefined {
  const prototypes = prototypesAmong(outputs, input);
  return found && (prototypes ? [found, prototypes] : [found]);
}
