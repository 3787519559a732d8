/** Boxes that a network's own graph has decoded, as corners in pixels. */
import { tensorOf } from '../core/tensor.ts';
import { PLAIN_DECODING, type BoxNodes } from './box-nodes.ts';
import type { InputExtents } from './pyramid.ts';

const CENTERED = {
  ...PLAIN_DECODING,
  coding: 'centerLinear',
  anchorForm: 'centers',
  factors: [1, 1, 1, 1],
  clip: [],
} as const;

/** Corners of boxes `[N, 4]` of a centre and a size, in pixels; in shares of the input where its extents are given. */
export function cornersInPixels(
  { builder: b }: BoxNodes,
  boxes: string,
  { width, height }: InputExtents = { width: 1, height: 1 },
): string {
  const unit = b.constant('unit', tensorOf('float32', [1, 4], [0, 0, width, height]));
  return b.one('BoxDecode', [boxes, unit], CENTERED);
}

/** No box of a network that reads pixels has all its numbers below this, nor one of shares any above. */
const MOST_SHARE = 4;

/**
 * Rows `[N, 4]` of x, y, x, y or x, y, width, height, a cell each, in pixels: as they are, or as exports for integer arithmetic
 * have them, in shares of the input. Cells are all over the input, so that among pixels some number is large.
 */
export function inPixels(nodes: BoxNodes, boxes: string, input: InputExtents): string {
  return nodes.binary('mul', boxes, pixelsOfUnit(nodes, boxes, input));
}

/** `[1, 4]`: what takes such rows' x, y, width and height to pixels. */
export function pixelsOfUnit(nodes: BoxNodes, boxes: string, { width, height }: InputExtents): string {
  const { builder: b } = nodes;
  const largest = b.one('Reduce', [boxes], { kind: 'max', axes: [0, 1], keepDims: true });
  const shares = nodes.binary('lessOrEqual', largest, nodes.scalar(MOST_SHARE));
  const extents = b.constant('extents', tensorOf('float32', [1, 4], [width, height, width, height]));
  return b.one('Where', [shares, extents, nodes.scalar(1)], {});
}
