/** Transformers that find a set of boxes: DETR (Carion et al., arXiv:2005.12872) and those after it. */
import { at } from '../util/arrays.ts';
import { bestClass, isClassCount } from './best-class.ts';
import type { BoxNodes } from './box-nodes.ts';
import { cornersInPixels } from './decoded-boxes.ts';
import type { Head, HeadInput, HeadOutput } from './head.ts';
import { keptBoxes, type Candidates } from './kept-boxes.ts';

/** Queries of the networks that have a class for nothing. */
const QUERIES = 100;
const OUTPUTS = 'logits or pred_logits and pred_boxes, x, y, width, height in 0…1, [1, Q, 4]';

/** Classes and, last, none: one softmax. */
export const DETR: Head = {
  name: 'detr',
  reads: `${OUTPUTS}: logits [1, Q, C + 1], one softmax, of which the last class is nothing; of ${QUERIES} queries, or where it is named or C known`,
  fits: (outputs, input) => {
    const [logits, boxes] = setOutputs(outputs);
    const certain = input.named || input.classes !== undefined || logits?.shape[1] === QUERIES;
    return logits && boxes && certain && isClassCount(at(logits.shape, 2) - 1, input) ? [logits, boxes] : undefined;
  },
  preprocessing: { fit: 'stretch', width: 800, height: 800 },
  attach: (nodes, read, input) => {
    const [, , count = 0] = at(read, 0).shape;
    const chances = nodes.softmax(nodes.reshaped(at(read, 0).name, [-1, count]));
    return keptBoxes(nodes, candidatesOf(nodes, read, nodes.columns(chances, 0, count - 1), input), input);
  },
};

/** A sigmoid each: RT-DETR (Zhao et al., arXiv:2304.08069), deformable DETR, D-FINE. */
export const RT_DETR: Head = {
  name: 'rt-detr',
  reads: `${OUTPUTS}: logits [1, Q, C], a sigmoid each, where it is named or C known`,
  fits: (outputs, input) => {
    const [logits, boxes] = setOutputs(outputs);
    const certain = input.named || input.classes !== undefined;
    return logits && boxes && certain && isClassCount(at(logits.shape, 2), input) ? [logits, boxes] : undefined;
  },
  preprocessing: { fit: 'stretch', width: 640, height: 640, mean: [0, 0, 0], std: [255, 255, 255] },
  attach: (nodes, read, input) => {
    const [, , count = 0] = at(read, 0).shape;
    const chances = nodes.activated(nodes.reshaped(at(read, 0).name, [-1, count]), 'sigmoid');
    return keptBoxes(nodes, candidatesOf(nodes, read, chances, input), input);
  },
};

/** Logits and boxes by their names: shapes alone say too little. */
function setOutputs(outputs: readonly HeadOutput[]): readonly (HeadOutput | undefined)[] {
  const logits = outputs.find(({ name, shape }) => /^(pred_)?logits$/.test(name) && shape.length === 3);
  const boxes = outputs.find(({ name, shape }) => name === 'pred_boxes' && shape.length === 3 && shape[2] === 4);
  const fit = logits?.shape[0] === 1 && boxes?.shape[0] === 1 && logits.shape[1] === boxes.shape[1];
  return fit ? [logits, boxes] : [];
}

function candidatesOf(nodes: BoxNodes, read: readonly HeadOutput[], chances: string, input: HeadInput): Candidates {
  const boxes = at(read, 1);
  return {
    count: at(boxes.shape, 1),
    boxes: cornersInPixels(nodes, nodes.reshaped(boxes.name, [-1, 4]), input),
    ...bestClass(nodes, chances),
    distinct: true,
  };
}
