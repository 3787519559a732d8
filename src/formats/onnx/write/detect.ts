/** Boxes of detectors. */
import type { NodeOf } from '../../../ir/ops.ts';
import { tensorOf } from '../../../core/tensor.ts';
import { wholeCount } from './counted.ts';
import { DATA_TYPE } from './model.ts';
import type { OnnxWriter } from './writer.ts';

type Suppression = NodeOf<'NonMaxSuppression'>;

/** ONNX has the greedy form of each class, with its own rules, and says how many boxes there are by a shape only. */
export function writeSuppression(w: OnnxWriter, { inputs, outputs, attributes }: Suppression): void {
  const { centerPointBox, offset, inclusive, scoreInclusive, ties, classAgnostic, soft } = attributes;
  const unlike = [
    [offset !== 0, 'lengths with 1 added'],
    [ties !== 'lower', 'the higher index first of equal scores'],
    [soft !== 'none', 'soft suppression'],
  ] as const;
  for (const [is, what] of unlike) if (is) w.refuse(what);
  const [boxes = '', given = '', greatest = '', overlap = '', score = '', some = ''] = inputs;
  const most = w.cast(greatest, 'int64');
  const one = (x: string): string => (x === '' ? '' : w.reshape(x, [1]));
  // NaN is a score to onnxruntime, where there is no threshold.
  const first = (x: string, axis: number): string =>
    some === '' ? x : w.emit('Slice', [x, w.ints([0]), wholeCount(w, some), w.ints([axis])]);
  const scores = first(given, 2);
  const best = classAgnostic ? w.emit('ReduceMax', [scores, w.ints([1])], { keepdims: { i: 1 } }) : scores;
  const iou = inclusive ? justBelow(w, overlap, true) : overlap;
  const least = scoreInclusive ? justBelow(w, score, false) : score;
  const isWhole = !attributes.padded && !classAgnostic;
  const own = { center_point_box: { i: centerPointBox ? 1 : 0 } };
  const operands = [first(boxes, 1), best, one(most), one(iou), one(least)];
  const chosen = w.emit('NonMaxSuppression', operands, own, isWhole ? outputs[0] : undefined);
  const selected = classAgnostic ? withClasses(w, chosen, scores, attributes.padded ? undefined : outputs[0]) : chosen;
  const rows = w.emit('Gather', [w.emit('Shape', [selected]), w.constant(tensorOf('int64', [], [0]))]);
  w.emit('Cast', [rows], { to: { i: DATA_TYPE.int32 } }, outputs[1]);
  const isScored = Boolean(outputs[2]);
  const ofRows = (output: string | undefined): string =>
    isScored ? w.emit('GatherND', [scores, selected], {}, output) : '';
  if (!attributes.padded) return void ofRows(outputs[2]);
  const behind = w.emit('Sub', [mostRows(w, best, one(most)), w.reshape(rows, [1])]);
  const padded = (x: string, pads: readonly string[], output: string | undefined): void => {
    w.emit('Pad', [x, w.emit('Concat', pads, { axis: { i: 0 } })], {}, output);
  };
  padded(selected, [w.ints([0, 0]), behind, w.ints([0])], outputs[0]);
  if (isScored) padded(ofRows(undefined), [w.ints([0]), behind], outputs[2]);
}

/** Of each batch and class as many rows as there are boxes, or as may be chosen; extents need not be known here. */
function mostRows(w: OnnxWriter, scores: string, most: string): string {
  const [batches = '', classes = '', count = ''] = [0, 1, 2].map((k) =>
    w.emit('Gather', [w.emit('Shape', [scores]), w.ints([k])], { axis: { i: 0 } }),
  );
  const each = most === '' ? w.ints([0]) : w.emit('Min', [count, w.emit('Max', [most, w.ints([0])])]);
  return w.emit('Mul', [w.emit('Mul', [batches, classes]), each]);
}

/** A threshold that is met by what is equal, as one that is not: the next float32 below it. Refuses one that is computed. */
function justBelow(w: OnnxWriter, threshold: string, isPositive: boolean): string {
  if (threshold === '') return threshold;
  const value = w.value(threshold);
  const [bound = NaN] = value?.data ?? [];
  if (!value || (isPositive && !(bound > 0))) return w.refuse('thresholds that are met by what is equal');
  return w.constant(tensorOf('float32', value.shape, [nextBelow(bound)]));
}

function nextBelow(value: number): number {
  const float = new Float32Array([value]);
  const bits = new Int32Array(float.buffer);
  const [own = 0] = bits;
  if (!Number.isFinite(value)) return value;
  if (value === 0) return -(2 ** -149);
  bits[0] = own + (value > 0 ? -1 : 1);
  return float[0] ?? value;
}

/** Rows of boxes that stood once, with the best class of each in the place of the only one. */
function withClasses(w: OnnxWriter, chosen: string, scores: string, output: string | undefined): string {
  const classes = w.emit('ArgMax', [scores], { axis: { i: 1 }, keepdims: { i: 0 } });
  const column = (axis: number): string => w.emit('Gather', [chosen, w.ints([axis])], { axis: { i: 1 } });
  const [batch, box] = [column(0), column(2)];
  const places = w.emit('Concat', [batch, box], { axis: { i: 1 } });
  const ofBox = w.reshape(w.emit('GatherND', [classes, places]), [-1, 1]);
  return w.emit('Concat', [batch, ofBox, box], { axis: { i: 1 } }, output);
}
