/** YOLO v8, v9, v11 and v12 as Ultralytics exports them: a column a cell, decoded, without objectness. */
import { at } from '../util/arrays.ts';
import { bestClass, isClassCount, scoreRange } from './best-class.ts';
import type { BoxNodes } from './box-nodes.ts';
import { cornersInPixels, inPixels } from './decoded-boxes.ts';
import type { AddedNodes, Head, HeadInput, HeadOutput } from './head.ts';
import { keptBoxes, type Candidates } from './kept-boxes.ts';
import { LETTERBOX } from './letterbox.ts';
import { maskChannels, MOST_MASKS, PROTOTYPES, prototypesAmong, withMasks, withPrototypes } from './masks.ts';
import { pyramidOf } from './pyramid.ts';

/** Numbers of a box. */
const BOX = 4;
/** Of the network of poses: a person, and x, y and visibility of 17 points. */
const POSE_ROWS = BOX + 1 + 3 * 17;

/** Columns `[1, 4 + C, N]`; networks of masks have as many coefficients behind as prototypes have channels. */
export const YOLO_V8: Head = {
  name: 'yolov8',
  reads: 'columns of x, y, width, height and C class scores, [1, 4 + C, N] for the N cells of strides 8, 16 and 32',
  fits: (outputs, input) => {
    const found = outputs.find((output) => {
      const [batch, rows = NaN, cells = NaN] = output.shape;
      const classes = rows - BOX - maskChannels(outputs, input);
      if (output.shape.length !== 3 || batch !== 1 || !pyramidOf(cells, input)) return false;
      const pose = rows === POSE_ROWS && input.classes === undefined && !input.named;
      return !pose && isClassCount(classes, input);
    });
    return withPrototypes(found, outputs, input);
  },
  preprocessing: { width: 640, height: 640, ...LETTERBOX },
  attach: (nodes, read, input) => keptColumns(nodes, columnsOf(nodes, read), read, input),
};

/** The same with masks: those of the boxes that are kept are what prototypes and coefficients make. */
export const YOLO_V8_SEG: Head = {
  ...YOLO_V8,
  name: 'yolov8-seg',
  reads: `columns of x, y, width, height, C class scores and M coefficients of masks, [1, 4 + C + M, N] for the N cells of strides 8, 16 and 32, and ${PROTOTYPES}`,
  fits: (outputs, input) => (prototypesAmong(outputs, input) ? YOLO_V8.fits(outputs, input) : undefined),
  attach: (nodes, read, input) => {
    const columns = columnsOf(nodes, read);
    const [, rows = 0] = at(read, 0).shape;
    const own = nodes.columns(columns, rows - maskChannels(read, input), rows, 0);
    const coefficients = nodes.builder.one('Transpose', [own], { perm: [1, 0] });
    const kept = keptColumns(nodes, columns, read, input, { more: { coefficients }, most: MOST_MASKS });
    return withMasks(nodes, kept, read, input);
  },
};

function columnsOf(nodes: BoxNodes, read: readonly HeadOutput[]): string {
  const { name, shape } = at(read, 0);
  return nodes.reshaped(name, shape.slice(1));
}

function keptColumns(
  nodes: BoxNodes,
  columns: string,
  read: readonly HeadOutput[],
  input: HeadInput,
  beside: Pick<Candidates, 'more' | 'most'> = {},
): AddedNodes {
  const kept = keptBoxes(nodes, { ...candidatesOf(nodes, columns, read, input), ...beside }, input);
  // Where nobody says how many classes there are, the last rows may be an angle, or key points.
  if (input.classes !== undefined) return kept;
  const [, rows = 0] = at(read, 0).shape;
  const classes = nodes.columns(columns, BOX, rows - maskChannels(read, input), 0);
  return { ...kept, results: { ...kept.results, range: scoreRange(nodes, classes) } };
}

function candidatesOf(nodes: BoxNodes, columns: string, read: readonly HeadOutput[], input: HeadInput): Candidates {
  const { builder: b } = nodes;
  const { shape } = at(read, 0);
  const boxes = b.one('Transpose', [nodes.columns(columns, 0, BOX, 0)], { perm: [1, 0] });
  const classes = at(shape, 1) - BOX - maskChannels(read, input);
  return {
    count: at(shape, 2),
    boxes: cornersInPixels(nodes, inPixels(nodes, boxes, input)),
    ...bestClass(nodes, nodes.columns(columns, BOX, BOX + classes, 0), 0),
  };
}
