/**
 * TFLite_Detection_PostProcess, the last operator of SSD detectors: codes `[1, N, 4]` (y, x, h, w), scores `[1, N, classes]`, perhaps
 * with one of the background before the others, and anchors `[N, 4]` (centre and size) → boxes `[1, K, 4]` (corners), classes and
 * scores `[1, K]`, and how many they are, a float.
 */
import { tensorOf } from '../../../core/tensor.ts';
import { GREEDY_SUPPRESSION } from '../../../ir/ops.ts';
import { range } from '../../../util/arrays.ts';
import type { OperatorContext, TfliteTranslation } from '../context.ts';
import { customOptionsOf, partAlong } from './custom.ts';

/** More detections than this are asked for by damaged files alone. */
const MOST = 2 ** 16;

interface Settings {
  readonly classes: number;
  /** Detections in all. */
  readonly most: number;
  /** Of the regular form. */
  readonly mostOfClass: number;
  /** Classes of one box: of the fast form. */
  readonly classesOfBox: number;
  /** Each class is suppressed apart; else every box stands once, with its best class. */
  readonly regular: boolean;
  readonly score: number;
  readonly overlap: number;
  /** What codes are divided by: y, x, h, w. */
  readonly scales: readonly number[];
}

function settingsOf(c: OperatorContext): Settings {
  const options = customOptionsOf(c).numbers;
  const given = (key: string, fallback?: number): number => options.get(key) ?? fallback ?? c.fail(`has no ${key}`);
  const count = (key: string, fallback?: number): number => {
    const value = given(key, fallback);
    return Number.isInteger(value) && value > 0 && value <= MOST ? value : c.fail(`has ${key} ${value}`);
  };
  const scale = (key: string): number => {
    const value = given(key);
    return value > 0 && value < Infinity ? value : c.fail(`has ${key} ${value}`);
  };
  return {
    classes: count('num_classes'),
    most: count('max_detections'),
    mostOfClass: count('detections_per_class', 100),
    classesOfBox: count('max_classes_per_detection'),
    regular: given('use_regular_nms', 0) !== 0,
    score: given('nms_score_threshold'),
    overlap: given('nms_iou_threshold'),
    scales: ['y_scale', 'x_scale', 'h_scale', 'w_scale'].map(scale),
  };
}

/** `[1, N, 4]` */
function boxesOf(c: OperatorContext, scales: readonly number[]): string {
  const length = c.shape(0)[2] ?? 0;
  if (length < 4) c.fail(`has codes of ${length} numbers`);
  const codes = length === 4 ? c.input(0) : partAlong(c, c.input(0), 0, 4, 2);
  return c.one('BoxDecode', [codes, c.input(2)], {
    coding: 'centerSize',
    anchorForm: 'centers',
    factors: scales.map((scale) => 1 / scale),
    anchorExtent: 0,
    boxExtent: 0,
    maxExponent: Infinity,
    bins: 0,
    points: 0,
    clip: [],
  });
}

/** Scores without the background, `[1, N, classes]`. */
function scoresOf(c: OperatorContext, classes: number): string {
  const labels = c.shape(1)[2] ?? 0;
  const background = labels - classes;
  if (background !== 0 && background !== 1) c.fail(`has scores of ${labels} classes, not of ${classes}`);
  return background === 0 ? c.input(1) : partAlong(c, c.input(1), background, labels, 2);
}

/** What suppression found. */
interface Found {
  readonly rows: number;
  /** Classes of a row, and the detections that a row takes the place of. */
  readonly each: number;
  readonly stride: number;
  /** int32: rows that hold. */
  readonly count: string;
  /** `[rows, 4]` */
  readonly boxes: string;
  /** `[rows, each]` */
  readonly labels: string;
  readonly scores: string;
}

interface Operands {
  readonly n: number;
  readonly boxes: string;
  readonly scores: string;
}

/** Rows (batch, class, index) of suppression, how many hold, and their scores. A score of the threshold is enough. */
function suppressed(c: OperatorContext, s: Settings, { boxes, scores }: Operands): string[] {
  const attributes = { ...GREEDY_SUPPRESSION, scoreInclusive: true, classAgnostic: !s.regular, padded: true };
  const most = c.ints([s.regular ? Math.min(s.most, s.mostOfClass) : s.most]);
  const limits = [most, c.scalar('float32', s.overlap), c.scalar('float32', s.score)];
  const byClass = c.one('Transpose', [scores], { perm: [0, 2, 1] });
  return c.many('NonMaxSuppression', [boxes, byClass, ...limits], attributes, 3);
}

function column(c: OperatorContext, rows: string, index: number): string {
  return c.one('Gather', [rows, c.scalar('int64', index)], { axis: 1 });
}

/** The best classes of the boxes that are left. */
function fast(c: OperatorContext, s: Settings, operands: Operands): Found {
  const [chosen = '', count = ''] = suppressed(c, s, operands);
  const index = column(c, chosen, 2);
  const each = Math.min(s.classesOfBox, s.classes);
  const all = c.one('Gather', [c.reshape(operands.scores, [operands.n, s.classes]), index], { axis: 0 });
  const [scores = '', labels = ''] = c.many('TopK', [all, c.ints([each])], { axis: -1, largest: true }, 2);
  const boxes = c.one('Gather', [c.reshape(operands.boxes, [operands.n, 4]), index], { axis: 0 });
  const rows = Math.min(operands.n, s.most);
  return { rows, each, stride: s.classesOfBox, count, boxes, labels, scores };
}

/** The best of all classes' boxes. */
function regular(c: OperatorContext, s: Settings, operands: Operands): Found {
  const [chosen = '', found = '', given = ''] = suppressed(c, s, operands);
  const candidates = s.classes * Math.min(operands.n, s.most, s.mostOfClass);
  const rows = Math.min(candidates, s.most);
  const holds = c.binary('less', numbered(c, [candidates]), found);
  const known = c.one('Where', [holds, given, c.scalar('float32', -Infinity)], {});
  const [scores = '', places = ''] = c.many('TopK', [known, c.ints([rows])], { axis: -1, largest: true }, 2);
  const best = c.one('Gather', [chosen, places], { axis: 0 });
  const boxes = c.one('Gather', [c.reshape(operands.boxes, [operands.n, 4]), column(c, best, 2)], { axis: 0 });
  const count = c.binary('min', found, c.scalar('int32', rows));
  const [labels, ordered] = [c.reshape(column(c, best, 1), [rows, 1]), c.reshape(scores, [rows, 1])];
  return { rows, each: 1, stride: 1, count, boxes, labels, scores: ordered };
}

/** 0, 1, … in a shape. */
function numbered(c: OperatorContext, shape: readonly number[]): string {
  return c.constant(tensorOf('int32', shape, range(shape[0] ?? 0)));
}

/** Puts rows of `[rows, each, width]` where the operator has them: zeros behind those that hold, up to `slots` in all. */
function laid(
  c: OperatorContext,
  { rows, each, stride, count }: Found,
  x: string,
  width: number,
  slots: number,
): string {
  const holds = c.binary('less', numbered(c, [rows, 1, 1]), count);
  const kept = c.one('Where', [holds, x, c.scalar('float32', 0)], {});
  const wide = filled(c, kept, [0, stride - each, 0]);
  return filled(c, c.reshape(wide, [1, rows * stride, width]), [0, slots - rows * stride, 0]);
}

function filled(c: OperatorContext, x: string, behind: readonly number[]): string {
  if (behind.every((extent) => extent === 0)) return x;
  return c.one('Pad', [x, c.ints([...behind.map(() => 0), ...behind])], { mode: 'constant' });
}

/** Boxes, classes, scores and their number. */
export const detectionPostProcess: TfliteTranslation = (c) => {
  const s = settingsOf(c);
  const [batch, n = 0] = c.shape(1);
  if (batch !== 1 || n === 0) c.fail(`has scores of ${c.shape(1).join(' × ')}`);
  const operands = { n, boxes: boxesOf(c, s.scales), scores: scoresOf(c, s.classes) };
  const found = s.regular ? regular(c, s, operands) : fast(c, s, operands);
  const { rows, each, boxes, labels, scores, count } = found;
  const slots = s.most * s.classesOfBox;
  const several = c.one('Expand', [c.one('Unsqueeze', [boxes], { axes: [1] }), c.ints([rows, each, 4])], {});
  const one = (x: string): string => c.reshape(laid(c, found, c.reshape(x, [rows, each, 1]), 1, slots), [1, slots]);
  return [
    laid(c, found, several, 4, slots),
    one(c.one('Cast', [labels], { to: 'float32' })),
    one(scores),
    c.reshape(c.one('Cast', [count], { to: 'float32' }), [1]),
  ];
};
