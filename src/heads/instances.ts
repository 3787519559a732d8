/** Heads of instance segmentation, in the order in which they are tried. */
import { at, product, sameArray } from '../util/arrays.ts';
import { idsInDoubt } from './coco-ids.ts';
import type { BoxNodes } from './box-nodes.ts';
import type { AddedNodes, Head, HeadInput, HeadOutput } from './head.ts';
import { keptBoxes, type Candidates } from './kept-boxes.ts';
import { LISTED_BOXES, listedCandidates } from './listed-boxes.ts';
import { YOLO_V5_SEG } from './yolo-rows.ts';
import { YOLO_V8_SEG } from './yolo-v8.ts';

/**
 * Mask R-CNN (He et al., arXiv:1703.06870): the lists of a detector, and of each box a mask of probabilities. Its result is `boxMasks`
 * `[K, 1, m, m]`, which fill their boxes, or, where the graph has laid them into the input itself, `masks` `[K, 1, height, width]`; both
 * may lack the axis of one.
 */
const MASK_RCNN: Head = {
  name: 'mask-rcnn',
  reads: `${LISTED_BOXES.reads}; and masks [D, 1, m, m] or [D, m, m], 0…1, of the boxes, or of the whole input`,
  fits: (outputs, input) => {
    const lists = LISTED_BOXES.fits(outputs, input);
    const masks = lists && outputs.find((output) => areMasks(output, at(lists, 0)));
    return masks && [...lists, masks];
  },
  doubt: (_, input) => idsInDoubt('mask-rcnn', input),
  ...(LISTED_BOXES.preprocessing ? { preprocessing: LISTED_BOXES.preprocessing } : {}),
  attach: (nodes, read, input) => keptMasks(nodes, listedCandidates(nodes, read), at(read, 3), input),
};

/** The same of COCO's ids. */
const MASK_RCNN_COCO: Head = {
  ...MASK_RCNN,
  name: 'mask-rcnn-coco',
  reads: 'the same with the 90 ids of COCO as labels, as 80 classes; where it is named',
  fits: (outputs, input) => (input.named ? MASK_RCNN.fits(outputs, input) : undefined),
  attach: (nodes, read, input) => keptMasks(nodes, listedCandidates(nodes, read, 'coco'), at(read, 3), input),
};

/** Things with masks. */
export const INSTANCE_HEADS: readonly Head[] = [YOLO_V8_SEG, YOLO_V5_SEG, MASK_RCNN, MASK_RCNN_COCO];

/** One of each box; with an axis of one channel, or without. */
function areMasks({ dtype, shape }: HeadOutput, boxes: HeadOutput): boolean {
  const inner = shape.slice(1, -2);
  return (
    dtype === 'float32' &&
    shape.length >= 3 &&
    Object.is(shape[0], boxes.shape[0]) &&
    (inner.length === 0 || sameArray(inner, [1])) &&
    product(shape.slice(-2)) > 0
  );
}

function keptMasks(nodes: BoxNodes, candidates: Candidates, masks: HeadOutput, input: HeadInput): AddedNodes {
  const whole = sameArray(masks.shape.slice(-2), [input.height, input.width]);
  return keptBoxes(nodes, { ...candidates, more: { [whole ? 'masks' : 'boxMasks']: masks.name } }, input);
}
