/** NanoDet (github.com/RangiLyu/nanodet): distances as distributions (Li et al., arXiv:2006.04388) over four strides' maps, or three. */
import { at } from '../util/arrays.ts';
import { bestClass, isClassCount } from './best-class.ts';
import { PLAIN_DECODING, type BoxNodes } from './box-nodes.ts';
import type { Head, HeadInput, HeadOutput } from './head.ts';
import { keptBoxes, type Candidates } from './kept-boxes.ts';
import { mapOf, pyramidAnchors, pyramidOf } from './pyramid.ts';

/** Bins of a distance in all networks that were published. */
const BINS = 8;
const CODES = 4 * BINS;
/** Classes of COCO, on which they were trained. */
const USUAL_CLASSES = 80;

/** Rows `[1, N, C + 32]`, or scores `[1, N, C]` and distances `[1, N, 32]` of each map apart. */
export const NANO_DET: Head = {
  name: 'nanodet',
  reads:
    `rows of C class scores and four distributions of ${BINS} bins, [1, N, C + ${CODES}] for the N cells of strides 8, 16, 32, ` +
    `or these and 64; or [1, N, C] and [1, N, ${CODES}] of each stride`,
  fits: (outputs, input) => joinedRows(outputs, input) ?? rowsOfStrides(outputs, input),
  preprocessing: { fit: 'stretch', channelOrder: 'bgr', mean: [103.53, 116.28, 123.675], std: [57.375, 57.12, 58.395] },
  attach: (nodes, read, input) => keptBoxes(nodes, candidatesOf(nodes, read, input), input),
};

/** Rows of scores and codes; others have rows of this shape, but not of as many classes. */
function joinedRows(outputs: readonly HeadOutput[], input: HeadInput): readonly HeadOutput[] | undefined {
  const { named, classes = named ? undefined : USUAL_CLASSES } = input;
  const found = outputs.find(({ shape: [batch, cells = NaN, columns = NaN, ...more] }) => {
    const fit = isClassCount(columns - CODES, { ...input, classes }) && pyramidOf(cells, input);
    return batch === 1 && more.length === 0 && fit;
  });
  return found && [found];
}

/** Scores and distances of each stride. */
function rowsOfStrides(outputs: readonly HeadOutput[], input: HeadInput): readonly HeadOutput[] | undefined {
  const pairs = [8, 16, 32, 64].flatMap((stride) => {
    const [rows, columns] = mapOf(stride, input);
    const own = outputs.filter(({ shape }) => shape.length === 3 && shape[0] === 1 && shape[1] === rows * columns);
    return own.length === 2 ? [own] : [];
  });
  const read = pairs.flatMap(([first, second]) => {
    // Of two that are alike the scores come first.
    const pair = second?.shape[2] === CODES ? [first, second] : [second, first];
    return pair.flatMap((output) => output ?? []);
  });
  const [scores, codes] = [0, 1].map((k) => read.filter((_, i) => i % 2 === k).map(({ shape }) => at(shape, 2)));
  const cells = read.filter((_, i) => i % 2 === 0).reduce((sum, { shape }) => sum + at(shape, 1), 0);
  const [classes = NaN] = scores ?? [];
  const alike = scores?.every((count) => count === classes) && codes?.every((count) => count === CODES);
  return alike && pyramidOf(cells, input) && isClassCount(classes, input) ? read : undefined;
}

function candidatesOf(nodes: BoxNodes, read: readonly HeadOutput[], input: HeadInput): Candidates {
  const { scores, codes, count } = read.length === 1 ? divided(nodes, at(read, 0)) : gathered(nodes, read);
  const strides = pyramidOf(count, input) ?? [];
  // Distances are from the middle of a cell; of NanoDet-Plus, which has four maps, from its upper left corner.
  const anchors = pyramidAnchors(strides, input, strides.length === 4 ? 0 : 0.5);
  const boxes = nodes.builder.one('BoxDecode', [codes, nodes.builder.constant('cells', anchors)], {
    ...PLAIN_DECODING,
    coding: 'distribution',
    anchorForm: 'centers',
    factors: [1, 1, 1, 1],
    bins: BINS,
    clip: [],
  });
  return { count, boxes, ...bestClass(nodes, scores) };
}

interface Rows {
  /** `[N, C]` */
  readonly scores: string;
  /** `[N, 32]` */
  readonly codes: string;
  readonly count: number;
}

function divided(nodes: BoxNodes, { name, shape }: HeadOutput): Rows {
  const [, count = 0, columns = 0] = shape;
  const rows = nodes.reshaped(name, [count, columns]);
  const classes = columns - CODES;
  return { scores: nodes.columns(rows, 0, classes), codes: nodes.columns(rows, classes, columns), count };
}

function gathered(nodes: BoxNodes, read: readonly HeadOutput[]): Rows {
  const [scores = '', codes = ''] = [0, 1].map((k) => {
    const own = read.filter((_, i) => i % 2 === k);
    return nodes.joined(
      own.map(({ name, shape }) => nodes.reshaped(name, shape.slice(1))),
      0,
    );
  });
  const count = read.reduce((sum, { shape }) => sum + at(shape, 1), 0) / 2;
  return { scores, codes, count };
}
