/** Lists of what was found: detectors as torchvision exports them, whose graphs end in a suppression of their own. */
import { at } from '../util/arrays.ts';
import type { Head, HeadOutput } from './head.ts';
import { keptBoxes } from './kept-boxes.ts';

/** Boxes, labels and scores, as many as there are. */
export const LISTED_BOXES: Head = {
  name: 'torchvision',
  reads:
    'boxes x1, y1, x2, y2 in pixels of the input, [D, 4], labels [D] of integers, and scores [D]; D may depend on the picture',
  fits: (outputs) => {
    const boxes = outputs.find(({ shape, dtype }) => shape.length === 2 && shape[1] === 4 && dtype === 'float32');
    const lists = outputs.filter(({ shape }) => shape.length === 1 && boxes && Object.is(shape[0], boxes.shape[0]));
    const [labels, ...moreLabels] = lists.filter(({ dtype }) => dtype.startsWith('int'));
    const [scores, ...moreScores] = lists.filter(({ dtype }) => dtype === 'float32');
    const one = moreLabels.length === 0 && moreScores.length === 0;
    return boxes && labels && scores && one ? [boxes, labels, scores] : undefined;
  },
  preprocessing: { mean: [0, 0, 0], std: [255, 255, 255] },
  attach: (nodes, read, input) => {
    const [boxes, labels, scores] = [at(read, 0), at(read, 1), at(read, 2)];
    return keptBoxes(
      nodes,
      {
        count: countOf(boxes),
        boxes: boxes.name,
        scores: scores.name,
        labels: labels.dtype === 'int64' ? labels.name : nodes.builder.one('Cast', [labels.name], { to: 'int64' }),
        distinct: true,
      },
      input,
    );
  },
};

/** As many as there may be, where nobody knows how many there are. */
function countOf({ shape }: HeadOutput): number {
  const [count = NaN] = shape;
  return Number.isNaN(count) ? Infinity : count;
}
