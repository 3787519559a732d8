/** YOLO-NAS (github.com/Deci-AI/super-gradients) as its own export gives it without suppression. */
import { at } from '../util/arrays.ts';
import { bestClass, isClassCount } from './best-class.ts';
import type { Head } from './head.ts';
import { keptBoxes } from './kept-boxes.ts';
import { pyramidOf } from './pyramid.ts';

/** Boxes `[1, N, 4]` and scores `[1, N, C]`. */
export const YOLO_NAS: Head = {
  name: 'yolo-nas',
  reads:
    'boxes x1, y1, x2, y2 in pixels of the input, [1, N, 4], and C class scores, [1, N, C], for the N cells of strides 8, 16 and 32',
  fits: (outputs, input) => {
    const [boxes, scores, ...more] = outputs.filter(({ shape: [batch, cells = NaN, ...rest] }) => {
      return batch === 1 && rest.length === 1 && pyramidOf(cells, input);
    });
    const fit = boxes?.shape[2] === 4 && scores && isClassCount(at(scores.shape, 2), input);
    return fit && more.length === 0 && boxes.shape[1] === scores.shape[1] ? [boxes, scores] : undefined;
  },
  preprocessing: { fit: 'contain', padding: [114, 114, 114], mean: [0, 0, 0], std: [255, 255, 255] },
  attach: (nodes, read, input) => {
    const [boxes, scores] = [at(read, 0), at(read, 1)];
    const [, count = 0, classes = 0] = scores.shape;
    return keptBoxes(
      nodes,
      {
        count,
        boxes: nodes.reshaped(boxes.name, [count, 4]),
        ...bestClass(nodes, nodes.reshaped(scores.name, [count, classes])),
      },
      input,
    );
  },
};
