/** Lists of what was found: detectors as torchvision exports them, whose graphs end in a suppression of their own. */
import { at } from '../util/arrays.ts';
import type { BoxNodes } from './box-nodes.ts';
import { cocoClasses, idsInDoubt } from './coco-ids.ts';
import type { Head, HeadOutput } from './head.ts';
import { keptBoxes, type Candidates } from './kept-boxes.ts';

/** Boxes, labels and scores, as many as there are. */
export const LISTED_BOXES: Head = {
  name: 'torchvision',
  reads:
    'boxes x1, y1, x2, y2 in pixels of the input, [D, 4], labels [D] of integers, and scores [D]; D may depend on the picture; the first of the names is that of ' +
    'the background, where the network has one',
  fits: (outputs) => {
    const boxes = outputs.find(({ shape, dtype }) => shape.length === 2 && shape[1] === 4 && dtype === 'float32');
    const lists = outputs.filter(({ shape }) => shape.length === 1 && boxes && Object.is(shape[0], boxes.shape[0]));
    const [labels, ...moreLabels] = lists.filter(({ dtype }) => dtype.startsWith('int'));
    const [scores, ...moreScores] = lists.filter(({ dtype }) => dtype === 'float32');
    const one = moreLabels.length === 0 && moreScores.length === 0;
    return boxes && labels && scores && one ? [boxes, labels, scores] : undefined;
  },
  doubt: (_, input) => idsInDoubt('torchvision', input),
  preprocessing: { mean: [0, 0, 0], std: [255, 255, 255] },
  attach: (nodes, read, input) => keptBoxes(nodes, listedCandidates(nodes, read), input),
};

/** The same of COCO's ids. */
export const LISTED_COCO: Head = {
  ...LISTED_BOXES,
  name: 'torchvision-coco',
  reads: 'the same with the 90 ids of COCO as labels, as 80 classes; where it is named',
  fits: (outputs, input) => (input.named ? LISTED_BOXES.fits(outputs, input) : undefined),
  attach: (nodes, read, input) => keptBoxes(nodes, listedCandidates(nodes, read, 'coco'), input),
};

/** The lists as candidates: their labels as they are, or classes of COCO's ids. */
export function listedCandidates(nodes: BoxNodes, read: readonly HeadOutput[], ids?: 'coco'): Candidates {
  const [boxes, labels, scores] = [at(read, 0), at(read, 1), at(read, 2)];
  const own = labels.dtype === 'int64' ? labels.name : nodes.builder.one('Cast', [labels.name], { to: 'int64' });
  return {
    count: countOf(boxes),
    boxes: boxes.name,
    scores: scores.name,
    labels: ids === 'coco' ? cocoClasses(nodes, own) : own,
    distinct: true,
  };
}

/** As many as there may be, where nobody knows how many there are. */
function countOf({ shape }: HeadOutput): number {
  const [count = NaN] = shape;
  return Number.isNaN(count) ? Infinity : count;
}
