/** FastestDet (github.com/dog-qiuqiu/FastestDet): one map of boxes. */
import { cellAnchors } from '../ir/priors/cells.ts';
import { at, sameArray } from '../util/arrays.ts';
import { bestClass, isClassCount } from './best-class.ts';
import { PLAIN_DECODING, type BoxNodes } from './box-nodes.ts';
import type { Head, HeadInput, HeadOutput } from './head.ts';
import { keptBoxes, type Candidates } from './kept-boxes.ts';
import { mapOf } from './pyramid.ts';

/** Pixels from one cell to the next. */
const STRIDE = 16;
/** Channels before those of classes: objectness, x, y, width, height. */
const FIRST = 5;
/** The author's score is objectness to the first times the class's probability to the second. */
const POWERS = { object: 0.6, label: 0.4 };

/** A map `[1, 5 + C, h, w]`. */
export const FASTEST_DET: Head = {
  name: 'fastest-det',
  reads: `a map of objectness, x, y, width, height and C class scores, [1, 5 + C, h, w] of stride ${STRIDE}`,
  fits: (outputs, input) => {
    const found = outputs.find(({ shape: [batch, channels = NaN, ...map] }) => {
      return batch === 1 && sameArray(map, mapOf(STRIDE, input)) && isClassCount(channels - FIRST, input);
    });
    return found && [found];
  },
  preprocessing: {
    fit: 'stretch',
    resize: { method: 'area' },
    channelOrder: 'bgr',
    mean: [0, 0, 0],
    std: [255, 255, 255],
  },
  attach: (nodes, read, input) => keptBoxes(nodes, candidatesOf(nodes, at(read, 0), input), input),
};

function candidatesOf(nodes: BoxNodes, { name, shape }: HeadOutput, input: HeadInput): Candidates {
  const { builder: b } = nodes;
  const channels = at(shape, 1);
  const columns = nodes.reshaped(name, [channels, -1]);
  const rows = b.one('Transpose', [nodes.columns(columns, 0, FIRST, 0)], { perm: [1, 0] });
  const best = bestClass(nodes, nodes.columns(columns, FIRST, channels, 0), 0);
  const map = mapOf(STRIDE, input);
  return {
    count: map[0] * map[1],
    boxes: boxesOf(nodes, nodes.columns(rows, 1, FIRST), input),
    scores: nodes.binary(
      'mul',
      nodes.binary('pow', nodes.entry(rows, 0), nodes.scalar(POWERS.object)),
      nodes.binary('pow', best.scores, nodes.scalar(POWERS.label)),
    ),
    labels: best.labels,
  };
}

/** Centres are a cell and a hyperbolic tangent of cells, sizes logistic shares of the picture. */
function boxesOf(nodes: BoxNodes, codes: string, { width, height }: HeadInput): string {
  const places = nodes.activated(nodes.columns(codes, 0, 2), 'tanh');
  const sizes = nodes.activated(nodes.columns(codes, 2, 4), 'sigmoid');
  const cells = nodes.builder.constant('cells', cellAnchors(mapOf(STRIDE, { width, height }), STRIDE, 0));
  return nodes.builder.one('BoxDecode', [nodes.joined([places, sizes], 1), cells], {
    ...PLAIN_DECODING,
    coding: 'centerLinear',
    anchorForm: 'centers',
    factors: [1, 1, width / STRIDE, height / STRIDE],
    clip: [],
  });
}
