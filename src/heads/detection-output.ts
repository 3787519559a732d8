/** Rows that a detector's last layer has decoded and suppressed: DetectionOutput of Caffe and of ncnn, and ncnn's layers of YOLOs. */
import { tensorOf } from '../core/tensor.ts';
import { at } from '../util/arrays.ts';
import type { BoxNodes } from './box-nodes.ts';
import type { Head, HeadInput, HeadOutput } from './head.ts';
import { keptBoxes, type Candidates } from './kept-boxes.ts';

/** Numbers of a row: those of ncnn, and behind the number of the image those of Caffe. */
const OWN = 6;
const LISTED = 1 + OWN;

/** Rows `[1, 1, K, 7]` or `[1, K, 6]`. */
export const DETECTION_OUTPUT: Head = {
  name: 'detection-output',
  reads:
    `rows of image, label, score, x1, y1, x2, y2 in 0…1, [1, 1, K, ${LISTED}], as Caffe's DetectionOutput gives them; or without the ` +
    `image, [1, K, ${OWN}], as ncnn's layers do, where it is named or the output is called detection_out; the first of the names is that ` +
    'of the background, where the labels count from 1',
  fits: (outputs, { named }) => {
    const listed = outputs.find(({ shape: [images, one, , columns], ...output }) => {
      return isReal(output) && images === 1 && one === 1 && columns === LISTED;
    });
    const own = outputs.find(({ name, shape: [images, , columns, ...more], ...output }) => {
      const known = named === true || /^detection_?out/i.test(name);
      return known && isReal(output) && images === 1 && columns === OWN && more.length === 0;
    });
    const found = listed ?? own;
    return found && [found];
  },
  preprocessing: { fit: 'stretch' },
  attach: (nodes, read, input) => keptBoxes(nodes, candidatesOf(nodes, at(read, 0), input), input),
};

function isReal({ dtype }: Pick<HeadOutput, 'dtype'>): boolean {
  return dtype === 'float32';
}

function candidatesOf(nodes: BoxNodes, { name, shape }: HeadOutput, { width, height }: HeadInput): Candidates {
  const { builder: b } = nodes;
  const columns = at(shape, shape.length - 1);
  const first = columns - OWN;
  const count = at(shape, shape.length - 2);
  const rows = nodes.reshaped(name, [-1, columns]);
  const scores = nodes.entry(rows, first + 1);
  // Rows behind the last are zeros, and no things whatever the threshold.
  const holds = nodes.binary('greater', scores, nodes.scalar(0));
  const extents = b.constant('extents', tensorOf('float32', [1, 4], [width, height, width, height]));
  return {
    count: Number.isNaN(count) ? Infinity : count,
    boxes: nodes.binary('mul', nodes.columns(rows, first + 2, columns), extents),
    scores: b.one('Where', [holds, scores, nodes.scalar(-1)], {}),
    labels: b.one('Cast', [nodes.entry(rows, first)], { to: 'int64' }),
    distinct: true,
  };
}
