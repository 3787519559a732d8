/** YOLOs with a row a box: objectness, and the classes' scores where there is an object. */
import { at } from '../util/arrays.ts';
import { bestClass, isClassCount } from './best-class.ts';
import { PLAIN_DECODING, type BoxNodes } from './box-nodes.ts';
import { cornersInPixels, inPixels } from './decoded-boxes.ts';
import type { Head, HeadInput, HeadOutput } from './head.ts';
import { keptBoxes, type Candidates } from './kept-boxes.ts';
import { LETTERBOX } from './letterbox.ts';
import { maskChannels, MOST_MASKS, PROTOTYPES, prototypesAmong, withMasks, withPrototypes } from './masks.ts';
import { pyramidAnchors, pyramidOf } from './pyramid.ts';

/** Numbers of a row before those of classes: x, y, width, height, objectness. */
const FIRST = 5;
/** Boxes of a cell in YOLO v5 and v7. */
const SHAPES = 3;

/** Rows `[1, N, 5 + C]`, decoded: YOLO v5 and v7; where it is named also YOLOX, exported with its decoding. */
export const YOLO_V5: Head = {
  name: 'yolov5',
  reads:
    'rows of x, y, width, height, objectness and C class scores, [1, N, 5 + C], three of each cell of strides 8, 16 and 32',
  fits: (outputs, input) => {
    const found = rowsAmong(outputs, input, SHAPES) ?? (input.named ? rowsAmong(outputs, input, 1) : undefined);
    return withPrototypes(found, outputs, input);
  },
  preprocessing: { width: 640, height: 640, ...LETTERBOX },
  attach: (nodes, read, input) => keptBoxes(nodes, candidatesOf(nodes, read, input), input),
};

/** The same with masks. */
export const YOLO_V5_SEG: Head = {
  ...YOLO_V5,
  name: 'yolov5-seg',
  reads: `rows of x, y, width, height, objectness, C class scores and M coefficients of masks, [1, N, 5 + C + M], three of each cell of strides 8, 16 and 32, and ${PROTOTYPES}`,
  fits: (outputs, input) => (prototypesAmong(outputs, input) ? YOLO_V5.fits(outputs, input) : undefined),
  attach: (nodes, read, input) => {
    const { name, shape } = at(read, 0);
    const [, count = 0, columns = 0] = shape;
    const rows = nodes.reshaped(name, [count, columns]);
    const more = { coefficients: nodes.columns(rows, columns - maskChannels(read, input), columns) };
    const kept = keptBoxes(nodes, { ...candidatesOf(nodes, read, input), more, most: MOST_MASKS }, input);
    return withMasks(nodes, kept, read, input);
  },
};

function candidatesOf(nodes: BoxNodes, read: readonly HeadOutput[], input: HeadInput): Candidates {
  const rows = rowsOf(nodes, read, input);
  return { ...rows, boxes: cornersInPixels(nodes, inPixels(nodes, rows.boxes, input)) };
}

/**
 * Rows `[1, N, 5 + C]`, whose places are in cells and whose sizes are logarithms of cells: YOLOX (Ge et al., arXiv:2107.08430); or
 * in pixels, where it was exported with its decoding. The shape is the same, so the graph looks at the numbers.
 */
export const YOLO_X: Head = {
  name: 'yolox',
  reads:
    'rows of x, y, width, height in cells, or in pixels where some are many cells away, objectness and C class scores, [1, N, 5 + C] ' +
    'for the N cells of strides 8, 16 and 32',
  fits: (outputs, input) => {
    const found = rowsAmong(outputs, input, 1);
    return found && [found];
  },
  preprocessing: { width: 640, height: 640, ...LETTERBOX, channelOrder: 'bgr', std: [1, 1, 1] },
  attach: (nodes, read, input) => {
    const rows = rowsOf(nodes, read, input);
    const strides = pyramidOf(rows.count, input) ?? [];
    const anchors = nodes.builder.constant('cells', pyramidAnchors(strides, input, 0));
    const ofCells = nodes.builder.one('BoxDecode', [rows.boxes, anchors], OF_CELLS);
    const ofPixels = cornersInPixels(nodes, rows.boxes);
    const boxes = nodes.builder.one('Where', [areInPixels(nodes, rows.boxes, input), ofPixels, ofCells], {});
    return keptBoxes(nodes, { ...rows, boxes }, input);
  },
};

/**
 * bool `[1, 1]`: whether boxes `[N, 4]` of all cells have places in pixels: then some lie in the farther half of the input, and
 * counted from their own cell none is half as many cells away as the input has pixels.
 */
function areInPixels(nodes: BoxNodes, boxes: string, { width, height }: HeadInput): string {
  const places = nodes.columns(boxes, 0, 2);
  const largest = nodes.builder.one('Reduce', [places], { kind: 'max', axes: [0, 1], keepDims: true });
  return nodes.binary('greaterOrEqual', largest, nodes.scalar(Math.max(width, height) / 2));
}

const OF_CELLS = {
  ...PLAIN_DECODING,
  coding: 'centerSize',
  anchorForm: 'centers',
  factors: [1, 1, 1, 1],
  clip: [],
} as const;

/** Rows, so many of each cell. */
function rowsAmong(outputs: readonly HeadOutput[], input: HeadInput, each: number): HeadOutput | undefined {
  return outputs.find(({ shape }) => {
    const [batch, rows = NaN, columns = NaN] = shape;
    const classes = columns - FIRST - maskChannels(outputs, input);
    return shape.length === 3 && batch === 1 && pyramidOf(rows / each, input) && isClassCount(classes, input);
  });
}

/** Of each row its four numbers as they are, and its best class, whose score is that times objectness. */
function rowsOf(nodes: BoxNodes, read: readonly HeadOutput[], input: HeadInput): Candidates {
  const { name, shape } = at(read, 0);
  const [, count = 0, columns = 0] = shape;
  const rows = nodes.reshaped(name, [count, columns]);
  const best = bestClass(nodes, nodes.columns(rows, FIRST, columns - maskChannels(read, input)));
  return {
    count,
    boxes: nodes.columns(rows, 0, FIRST - 1),
    scores: nodes.binary('mul', nodes.entry(rows, FIRST - 1), best.scores),
    labels: best.labels,
  };
}
