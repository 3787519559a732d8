/** MoveNet: rows of key points y, x, score, in shares of the input; of one person, or of six with their boxes. */
import { tensorOf } from '../core/tensor.ts';
import { at } from '../util/arrays.ts';
import type { BoxNodes } from './box-nodes.ts';
import type { AddedNodes, Head, HeadInput } from './head.ts';
import { keptBoxes } from './kept-boxes.ts';

/** COCO's key points. */
const POINTS = 17;

/** Numbers of a key point. */
const NUMBERS = 3;

/** Numbers of a person: key points, the box as y1, x1, y2, x2, and its score. */
const PERSON = POINTS * NUMBERS + 5;

/** Integers are pixels as they are, a picture of another shape has a border. */
const PREPROCESSING = { fit: 'contain' } as const;

/** `[1, 1, 17, 3]`. Its results are `points` `[1, 17, 2]`, x and y in pixels of the input, and `pointScores` `[1, 17]`. */
export const MOVENET: Head = {
  name: 'movenet',
  reads: `y, x and score of ${POINTS} key points, [1, 1, ${POINTS}, ${NUMBERS}]`,
  preprocessing: PREPROCESSING,
  fits: (outputs) => {
    const found = outputs.find(({ shape }) => shape.join() === [1, 1, POINTS, NUMBERS].join());
    return found && [found];
  },
  attach: (nodes, read, input) => {
    const rows = nodes.reshaped(at(read, 0).name, [1, POINTS, NUMBERS]);
    return { results: keyPoints(nodes, rows, input), feeds: {} };
  },
};

/** `[1, N, 56]`. Its results are those of kept boxes, and of each `points` `[K, 17, 2]` and `pointScores` `[K, 17]`. */
export const MOVENET_MULTI: Head = {
  name: 'movenet-multi',
  reads: `${POINTS} key points, y1, x1, y2, x2 and score of each person, [1, N, ${PERSON}]`,
  preprocessing: { ...PREPROCESSING, width: 256, height: 256 },
  fits: (outputs) => {
    const found = outputs.find(({ shape }) => shape.length === 3 && shape[0] === 1 && shape[2] === PERSON);
    return found && [found];
  },
  attach: (nodes, read, input) => {
    const { name, shape } = at(read, 0);
    return people(nodes, nodes.reshaped(name, [at(shape, 1), PERSON]), at(shape, 1), input);
  },
};

function people(nodes: BoxNodes, rows: string, count: number, input: HeadInput): AddedNodes {
  const end = POINTS * NUMBERS;
  const corners = nodes.columns(rows, end, end + 4);
  const pixels = tensorOf('float32', [4], [input.width, input.height, input.width, input.height]);
  const candidates = {
    count,
    boxes: nodes.binary('mul', nodes.entries(corners, [1, 0, 3, 2]), nodes.builder.constant('pixels', pixels)),
    scores: nodes.entry(rows, PERSON - 1),
    more: keyPoints(nodes, nodes.reshaped(nodes.columns(rows, 0, end), [count, POINTS, NUMBERS]), input),
  };
  return keptBoxes(nodes, candidates, input);
}

function keyPoints(nodes: BoxNodes, rows: string, { width, height }: HeadInput) {
  const pixels = nodes.builder.constant('pixels', tensorOf('float32', [2], [width, height]));
  return {
    points: nodes.binary('mul', nodes.entries(rows, [1, 0]), pixels),
    pointScores: nodes.entry(rows, 2),
  };
}
