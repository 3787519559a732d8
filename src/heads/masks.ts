/** What detectors of masks have beside their boxes: prototypes, and in each row as many coefficients. */
import { NO_ACTIVATION } from '../ir/ops.ts';
import { sameArray } from '../util/arrays.ts';
import type { BoxNodes } from './box-nodes.ts';
import type { AddedNodes, HeadOutput } from './head.ts';
import { mapOf, type InputExtents } from './pyramid.ts';

/** Pixels from one cell of a prototype to the next. */
const STRIDE = 4;

/** What they are, for messages. */
export const PROTOTYPES = `prototypes [1, M, h, w] at a fourth of the input`;

/** How many boxes are kept where each gets a mask: as many as the authors of YOLO v8 keep. */
export const MOST_MASKS = 300;

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

/**
 * Masks of the boxes that were kept, of their result `coefficients` `[K, M]`: the sigmoid of the sum of the prototypes, each times its
 * coefficient (Bolya et al., YOLACT, arXiv:1904.02689, section 3). In its place comes the result `masks`, float32 `[K, h, w]`, 0…1, over
 * the whole input; what of it lies in the box is the mask.
 */
export function withMasks(
  nodes: BoxNodes,
  { results, feeds }: AddedNodes,
  read: readonly HeadOutput[],
  input: InputExtents,
): AddedNodes {
  const { coefficients, ...rest } = results;
  const prototypes = prototypesAmong(read, input);
  if (coefficients === undefined || !prototypes) return { results, feeds };
  const { builder: b } = nodes;
  const [, channels = 0, height = 0, width = 0] = prototypes.shape;
  const flat = nodes.reshaped(prototypes.name, [channels, height * width]);
  const product = { transA: false, transB: false, activation: { ...NO_ACTIVATION, kind: 'sigmoid' } } as const;
  const masks = b.one('MatMul', [coefficients, flat], product);
  const shape = b.ints('masks', [-1, height, width]);
  const named = { outputs: [b.unique('masks')] };
  return { results: { ...rest, masks: b.one('Reshape', [masks, shape], { allowZero: false }, named) }, feeds };
}
