/** Detectors of TensorFlow whose graphs end in a suppression of their own: the Object Detection API, and TFLite's operator of it. */
import { at } from '../util/arrays.ts';
import type { BoxNodes } from './box-nodes.ts';
import { cocoClasses, idsInDoubt } from './coco-ids.ts';
import type { Head, HeadInput, HeadOutput } from './head.ts';
import { keptBoxes, type Candidates } from './kept-boxes.ts';
import { tensorOf } from '../core/tensor.ts';

/** The outputs that are read. */
interface SsdOutputs {
  /** `[1, N, 4]`: y1, x1, y2, x2 in shares of the picture. */
  readonly boxes: HeadOutput | undefined;
  /** `[1, N]` */
  readonly classes: HeadOutput | undefined;
  /** `[1, N]` */
  readonly scores: HeadOutput | undefined;
}

/** Boxes, classes and scores after suppression. */
export const SSD: Head = {
  name: 'ssd',
  reads:
    'boxes y1, x1, y2, x2 in 0…1, [1, N, 4], classes [1, N], scores [1, N] and their number, as TFLite_Detection_PostProcess gives ' +
    'them, with classes from 0; or the outputs of the Object Detection API, with classes from 1',
  fits: (outputs, input) => {
    const wide = scoresOfAll(outputs)?.shape[2];
    const fit = input.classes === undefined || wide === undefined || wide === input.classes + 1;
    return fit ? listsOf(outputs) : undefined;
  },
  doubt: (read, input) => (read.length > LISTS ? undefined : idsInDoubt('ssd', input)),
  preprocessing: { fit: 'stretch' },
  attach: (nodes, read, input) => keptBoxes(nodes, candidatesOf(nodes, read, input), input),
};

/** The same of COCO's ids. */
export const SSD_COCO: Head = {
  ...SSD,
  name: 'ssd-coco',
  reads: 'the same with the 90 ids of COCO as classes, as 80 of them; where it is named',
  fits: (outputs, { named }) => (named ? listsOf(outputs) : undefined),
  attach: (nodes, read, input) => {
    const { labels, ...candidates } = candidatesOf(nodes, read, input);
    return keptBoxes(nodes, { ...candidates, labels: cocoClasses(nodes, nodes.whole('add', labels, 1)) }, input);
  },
};

/** Outputs that are always there. */
const LISTS = 3;

/** Boxes, classes, scores; and scores of all classes, where there are some. */
function listsOf(outputs: readonly HeadOutput[]): readonly HeadOutput[] | undefined {
  const { boxes, classes, scores } = byName(outputs) ?? byPlace(outputs) ?? {};
  const all = scoresOfAll(outputs);
  return boxes && classes && scores && [boxes, classes, scores, ...(all ? [all] : [])];
}

/** `[1, N, C + 1]`, of what tells how many classes there are. */
function scoresOfAll(outputs: readonly HeadOutput[]): HeadOutput | undefined {
  return outputs.find((output) => role(output) === 'detection_multiclass_scores');
}

/** The Object Detection API's outputs, in the order of their names: what a saved model calls Identity, Identity_1 and so on. */
const ROLES = [
  'detection_anchor_indices',
  'detection_boxes',
  'detection_classes',
  'detection_multiclass_scores',
  'detection_scores',
  'num_detections',
  'raw_detection_boxes',
  'raw_detection_scores',
];

/** Which of them an output is. */
function role({ name }: HeadOutput): string | undefined {
  const bare = name.replace(/:\d+$/, '').replace(/^.*\//, '');
  const numbered = /^Identity(?:_(\d+))?$/.exec(bare);
  return numbered ? ROLES[Number(numbered[1] ?? 0)] : ROLES.find((own) => own === bare);
}

function byName(outputs: readonly HeadOutput[]): SsdOutputs | undefined {
  const numbered = outputs.some(({ name }) => /(^|\/)Identity/.test(name));
  if (numbered && outputs.length !== ROLES.length) return undefined;
  const of = (name: string): HeadOutput | undefined => outputs.find((output) => role(output) === name);
  const found = { boxes: of('detection_boxes'), classes: of('detection_classes'), scores: of('detection_scores') };
  return areAlike(found) ? found : undefined;
}

/** TFLite's four outputs: boxes, classes, scores, number; or, by converters of saved models, scores, boxes, number, classes. */
function byPlace(outputs: readonly HeadOutput[]): SsdOutputs | undefined {
  if (outputs.length !== 4) return undefined;
  const [a, b, c, d] = outputs;
  const orders = [
    { boxes: a, classes: b, scores: c, number: d },
    { scores: a, boxes: b, number: c, classes: d },
  ];
  return orders.find((order) => areAlike(order) && (order.number?.shape.length ?? 2) <= 1);
}

/** As many boxes as there are classes and scores, of one picture. */
function areAlike({ boxes, classes, scores }: SsdOutputs): boolean {
  const [batch, count = NaN, numbers, ...more] = boxes?.shape ?? [];
  const rows = [classes, scores].every((output) => {
    return output?.shape.length === 2 && output.shape[0] === 1 && output.shape[1] === count;
  });
  return rows && batch === 1 && numbers === 4 && more.length === 0;
}

function candidatesOf(nodes: BoxNodes, read: readonly HeadOutput[], { width, height }: HeadInput) {
  const { builder: b } = nodes;
  const [boxes, classes, scores] = [at(read, 0), at(read, 1), at(read, 2)];
  const extents = b.constant('extents', tensorOf('float32', [1, 4], [width, height, width, height]));
  const corners = b.one('Gather', [nodes.reshaped(boxes.name, [-1, 4]), b.ints('x_first', [1, 0, 3, 2])], { axis: 1 });
  // Whole numbers, which may have gone through integers that stand for others.
  const whole = b.one('Unary', [nodes.reshaped(classes.name, [-1])], { kind: 'round' });
  const labels = b.one('Cast', [whole], { to: 'int64' });
  return {
    count: at(boxes.shape, 1),
    boxes: nodes.binary('mul', corners, extents),
    scores: nodes.reshaped(scores.name, [-1]),
    // The API counts from 1, the background being 0.
    labels: role(classes) === undefined ? labels : nodes.whole('sub', labels, 1),
    distinct: true,
  } satisfies Candidates;
}
