/** YOLO v8 and v11 for poses, as Ultralytics exports them: a column a cell, with a box, a score and key points. */
import { at } from '../util/arrays.ts';
import { scoreRange } from './best-class.ts';
import type { BoxNodes } from './box-nodes.ts';
import { cornersInPixels, pixelsOfUnit } from './decoded-boxes.ts';
import type { AddedNodes, Head, HeadInput, HeadOutput } from './head.ts';
import { keptBoxes } from './kept-boxes.ts';
import { LETTERBOX } from './letterbox.ts';
import { pyramidOf } from './pyramid.ts';

/** Numbers of a box and its score, and of a key point. */
const BOX = 5;
const NUMBERS = 3;
/** COCO's key points. */
const POINTS = 17;

/**
 * `[1, 5 + 3·points, N]`: x and y of the centre, width, height, score; x, y and visibility of each key point, in 0…1. Its results
 * are those of kept boxes, and of each `points` `[K, points, 2]`, in pixels of the input, and `pointScores` `[K, points]`.
 */
export const YOLO_V8_POSE: Head = {
  name: 'yolov8-pose',
  reads:
    `columns of x, y, width, height, score, and x, y and visibility of P key points, [1, ${BOX} + ${NUMBERS}·P, N] for the N cells of ` +
    `strides 8, 16 and 32; P is ${POINTS} unless it is named`,
  preprocessing: { width: 640, height: 640, ...LETTERBOX },
  fits: (outputs, input) => {
    const found = outputs.find(({ dtype, shape }) => {
      const [batch, rows = NaN, cells = NaN] = shape;
      const points = (rows - BOX) / NUMBERS;
      const known = input.named ? points >= 1 && Number.isInteger(points) : points === POINTS;
      return dtype === 'float32' && shape.length === 3 && batch === 1 && known && pyramidOf(cells, input);
    });
    return found && [found];
  },
  attach: (nodes, read, input) => people(nodes, at(read, 0), input),
};

function people(nodes: BoxNodes, { name, shape }: HeadOutput, input: HeadInput): AddedNodes {
  const [, columns = 0, count = 0] = shape;
  const points = (columns - BOX) / NUMBERS;
  const rows = nodes.builder.one('Transpose', [nodes.reshaped(name, shape.slice(1))], { perm: [1, 0] });
  const all = nodes.reshaped(nodes.columns(rows, BOX, columns), [count, points, NUMBERS]);
  const boxes = nodes.columns(rows, 0, 4);
  const pixels = pixelsOfUnit(nodes, boxes, input);
  const pointScores = nodes.entry(all, 2);
  const candidates = {
    count,
    boxes: cornersInPixels(nodes, nodes.binary('mul', boxes, pixels)),
    scores: nodes.entry(rows, BOX - 1),
    more: { points: nodes.binary('mul', nodes.columns(all, 0, 2, 2), nodes.columns(pixels, 0, 2)), pointScores },
  };
  const { results, feeds } = keptBoxes(nodes, candidates, input);
  // Visibilities of another network are pixels, or logits.
  return { results: { ...results, range: scoreRange(nodes, pointScores) }, feeds };
}
