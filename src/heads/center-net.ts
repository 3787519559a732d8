/** CenterNets with four distances (Zhou et al., arXiv:1904.07850; Liu et al., TTFNet, arXiv:1909.00700), from their maps. */
import { at } from '../util/arrays.ts';
import { isClassCount } from './best-class.ts';
import type { BoxNodes } from './box-nodes.ts';
import { centerPeaks } from './center-peaks.ts';
import type { Head, HeadInput, HeadOutput } from './head.ts';
import { keptBoxes, type Candidates } from './kept-boxes.ts';
import { mapOf } from './pyramid.ts';

/** Strides of such maps. */
const STRIDES = [4, 8];
/** How many centres are looked at, as the authors do. */
const MOST_CENTERS = 100;
/** Distances of a cell. */
const EXTENTS = 4;

/** Maps of scores and of distances, channels first or last. */
export const CENTER_NET: Head = {
  name: 'centernet',
  reads:
    'maps of C class scores after their sigmoid, [1, h, w, C] or [1, C, h, w], and of distances to the left, top, right and bottom ' +
    `in pixels, [1, h, w, ${EXTENTS}] or [1, ${EXTENTS}, h, w], of stride ${STRIDES.join(' or ')}`,
  fits: (outputs, input) => {
    const maps = outputs.flatMap((output) => {
      const known = readingOf(output, input);
      return known ? [{ output, ...known }] : [];
    });
    const [first, second] = maps;
    if (!first || !second || maps.length !== 2 || first.stride !== second.stride || first.last !== second.last)
      return undefined;
    // Of four classes nobody can tell by the shapes which is which.
    const extents = maps.filter(({ channels }) => channels === EXTENTS);
    const scores = maps.find(({ channels }) => channels !== EXTENTS);
    if (extents.length !== 1 || !scores || !isClassCount(scores.channels, input)) return undefined;
    return [scores.output, at(extents, 0).output];
  },
  preprocessing: { fit: 'stretch' },
  attach: (nodes, read, input) => keptBoxes(nodes, candidatesOf(nodes, read, input), input),
};

interface MapKind {
  readonly stride: number;
  readonly channels: number;
  /** Channels are the last axis. */
  readonly last: boolean;
}

/** What map it is, if any. */
function readingOf({ shape }: HeadOutput, input: HeadInput): MapKind | undefined {
  const [batch, a = NaN, b = NaN, c = NaN] = shape;
  if (batch !== 1 || shape.length !== 4) return undefined;
  for (const stride of STRIDES) {
    const [rows, columns] = mapOf(stride, input);
    if (a === rows && b === columns) return { stride, channels: c, last: true };
    if (b === rows && c === columns) return { stride, channels: a, last: false };
  }
  return undefined;
}

function candidatesOf(nodes: BoxNodes, read: readonly HeadOutput[], input: HeadInput): Candidates {
  const { stride = 1, channels: classes = 0, last = true } = readingOf(at(read, 0), input) ?? {};
  const [scores = '', extents = ''] = read.map(({ name }) =>
    last ? name : nodes.builder.one('Transpose', [name], { perm: [0, 2, 3, 1] }),
  );
  return centerPeaks(nodes, scores, extents, { map: mapOf(stride, input), classes, stride, most: MOST_CENTERS });
}
