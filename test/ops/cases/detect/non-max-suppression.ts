/** Cases of the NonMaxSuppression operator: forms of boxes, ties, classes and batches, thresholds, odd boxes and scores. */
import { floatTolerance } from '../../../../src/core/compare.ts';
import { GREEDY_SUPPRESSION, type OpAttributes } from '../../../../src/ir/ops.ts';
import { range } from '../../../../src/util/arrays.ts';
import type { CaseInput, OpCase } from '../../../helpers/op-case.ts';
import { randomSource } from '../../../helpers/random.ts';

type Attributes = OpAttributes['NonMaxSuppression'];

interface Wanted {
  readonly batches?: number;
  readonly classes?: number;
  readonly n: number;
  readonly most?: number | null;
  readonly iou?: number | null;
  readonly score?: number | null;
  readonly boxes?: readonly number[];
  readonly scores?: readonly number[];
  readonly attributes?: Partial<Attributes>;
  readonly noOracle?: string;
  readonly third?: boolean;
}

/** Coordinates and scores are multiples of a power of two, so that ties of both happen. */
function drawn(count: number, parts: number, seed: number): number[] {
  const random = randomSource(seed);
  return range(count).map(() => Math.floor(random() * parts) / parts);
}

const scalar = (given: number | null | undefined, dtype: 'int64' | 'float32'): CaseInput | undefined =>
  given === null || given === undefined
    ? undefined
    : { dtype, shape: [1], values: [given], constant: dtype === 'int64' };

function suppression(name: string, wanted: Wanted): OpCase<'NonMaxSuppression'> {
  const { batches = 1, classes = 1, n, most = n, iou = 0.5, score = 0.25, attributes, noOracle, third } = wanted;
  return {
    name,
    op: 'NonMaxSuppression',
    inputs: [
      { shape: [batches, n, 4], values: wanted.boxes ?? drawn(batches * n * 4, 16, n + 1) },
      { shape: [batches, classes, n], values: wanted.scores ?? drawn(batches * classes * n, 32, n + 2) },
      scalar(most, 'int64'),
      scalar(iou, 'float32'),
      scalar(score, 'float32'),
    ],
    attributes: { ...GREEDY_SUPPRESSION, ...attributes },
    outputCount: third ? 3 : 2,
    // Each chosen box multiplies the scores of others once, in float32 with its exp.
    ...(attributes?.soft ? { tolerance: floatTolerance(n) } : {}),
    ...(noOracle === undefined ? {} : { noOracle }),
  };
}

/** Distinct scores of boxes with overlaps of many sizes: soft suppression has no near ties. */
const SOFT = { n: 9, score: 0.01, scores: [0.9, 0.83, 0.74, 0.69, 0.61, 0.5, 0.43, 0.3, 0.21], third: true } as const;
const NOT_ONNX = 'ONNX has no such form';
const ODD_BOXES = [NaN, 0, 1, 1, 0, 0, 1, 1, 0, 0, Infinity, 1, 0, 0, 1, 0.9, 0, 0, 0, 1, 0, 0, 1, 0.8];
const ODD_SCORES = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4];
// Of the last two, 1 added to a coordinate is lost, added to a length it is not.
const PIXELS = [0, 0, 10, 10, 0, 5, 10, 14, 20, 20, 20, 30, 1e9, 0, 1e9, 9, 1e9, 0, 1e9, 8];

export const nonMaxSuppressionCases: readonly OpCase<'NonMaxSuppression'>[] = [
  suppression('one box', { n: 1 }),
  suppression('five boxes', { n: 5 }),
  suppression('17 boxes, 3 classes, 2 batches', { n: 17, classes: 3, batches: 2 }),
  suppression('no threshold of scores', { n: 17, score: null }),
  suppression('no threshold of overlaps', { n: 17, iou: null }),
  suppression('no most boxes', { n: 7, most: null }),
  suppression('most boxes 0', { n: 7, most: 0 }),
  suppression('most boxes 2 of each class', { n: 33, classes: 2, most: 2 }),
  suppression('most boxes more than there are', { n: 33, most: 1000 }),
  suppression('centre and size', { n: 40, attributes: { centerPointBox: true } }),
  suppression('several blocks', { n: 300, iou: 0.3 }),
  suppression('several chunks', { n: 1300, iou: 0.6, batches: 2 }),
  suppression('few of several chunks', { n: 2051, classes: 2, score: 0.93 }),
  suppression('all scores equal', { n: 70, scores: range(70).map(() => 0.5) }),
  suppression('all boxes equal', { n: 40, boxes: range(160).map((i) => (i % 4) / 2) }),
  suppression('no score is enough', { n: 40, score: 2 }),
  suppression('an overlap at the threshold', { n: 3, iou: 0.5, boxes: [0, 0, 3, 1, 0, 1, 3, 3, 0, 0, 3, 2] }),
  suppression('thirds at a third', { n: 2, iou: 1 / 3, boxes: [0, 0, 2, 1, 1, 0, 3, 1], scores: [1, 0.5] }),
  suppression('threshold of overlaps 0', { n: 33, iou: 0 }),
  suppression('threshold of overlaps 1', { n: 33, iou: 1 }),
  suppression('negative coordinates, corners in any order', { n: 50, boxes: drawn(200, 8, 3).map((v) => v - 0.5) }),
  suppression('boxes without area, with NaN and infinity', { n: 6, boxes: ODD_BOXES, scores: ODD_SCORES }),
  suppression('zero boxes', { n: 0, noOracle: 'onnxruntime refuses it' }),
  suppression('NaN scores', { n: 3, score: null, scores: [NaN, 0.5, NaN], noOracle: 'ONNX leaves NaN open' }),
  suppression('infinite scores', { n: 4, score: 0, scores: [-Infinity, Infinity, 0, -0] }),
  suppression('lengths with 1 added', {
    n: 5,
    score: null,
    boxes: PIXELS,
    attributes: { offset: 1 },
    noOracle: NOT_ONNX,
  }),
  suppression('an overlap at the threshold goes', {
    n: 40,
    attributes: { inclusive: true, scoreInclusive: true },
    noOracle: 'ONNX cannot say it of thresholds that are computed',
  }),
  suppression('the higher of equals', { n: 1100, attributes: { ties: 'higher' }, noOracle: NOT_ONNX }),
  suppression('inclusive at 0', { n: 20, iou: 0, attributes: { inclusive: true }, noOracle: NOT_ONNX }),
  suppression('across classes', {
    n: 50,
    classes: 3,
    batches: 2,
    attributes: { classAgnostic: true },
  }),
  suppression('across classes, with scores', {
    n: 1200,
    classes: 2,
    third: true,
    attributes: { classAgnostic: true },
  }),
  suppression('padded, 2 classes, 2 batches', { n: 33, classes: 2, batches: 2, attributes: { padded: true } }),
  suppression('padded, no score is enough', { n: 5, score: 2, attributes: { padded: true } }),
  suppression('padded, with scores', {
    n: 33,
    classes: 2,
    third: true,
    attributes: { padded: true },
  }),
  suppression('with scores', { n: 33, classes: 2, third: true }),
  suppression('soft, linear', { ...SOFT, iou: 0.1, attributes: { soft: 'linear' }, noOracle: NOT_ONNX }),
  suppression('soft, Gaussian', { ...SOFT, iou: 1, attributes: { soft: 'gaussian', sigma: 0.5 }, noOracle: NOT_ONNX }),
  suppression('soft, Gaussian, with a threshold', {
    ...SOFT,
    iou: 0.3,
    attributes: { soft: 'gaussian', sigma: 0.25, inclusive: true },
    noOracle: NOT_ONNX,
  }),
  suppression('soft, across classes', {
    ...SOFT,
    classes: 2,
    scores: [...SOFT.scores, ...SOFT.scores.map((s, i) => (i % 2 === 0 ? s - 0.05 : s + 0.017))],
    iou: 1,
    attributes: { soft: 'gaussian', sigma: 0.5, classAgnostic: true },
    noOracle: NOT_ONNX,
  }),
];
