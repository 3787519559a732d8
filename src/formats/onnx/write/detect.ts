/** Boxes of detectors. */
import type { NodeOf } from '../../../ir/ops.ts';
import { tensorOf } from '../../../core/tensor.ts';
import { wholeCount } from './counted.ts';
import { DATA_TYPE } from './model.ts';
import type { OnnxWriter } from './writer.ts';

/** ONNX has the greedy form of each class, with its own rules, and says how many boxes there are by a shape only. */
export function writeSuppression(w: OnnxWriter, { inputs, outputs, attributes }: NodeOf<'NonMaxSuppression'>): void {
  const { centerPointBox, offset, inclusive, scoreInclusive, ties, classAgnostic, soft } = attributes;
  const unlike = [
    [offset !== 0, 'lengths with 1 added'],
    [inclusive || scoreInclusive, 'thresholds that are met by what is equal'],
    [ties !== 'lower', 'the higher index first of equal scores'],
    [classAgnostic, 'suppression across classes'],
    [soft !== 'none', 'soft suppression'],
    [Boolean(outputs[2]), 'the scores of the boxes'],
  ] as const;
  for (const [is, what] of unlike) if (is) w.refuse(what);
  const [boxes = '', scores = '', most = '', overlap = '', score = '', some = ''] = inputs;
  const one = (x: string): string => (x === '' ? '' : w.reshape(x, [1]));
  // NaN is a score to onnxruntime, where there is no threshold.
  const first = (x: string, axis: number): string =>
    some === '' ? x : w.emit('Slice', [x, w.ints([0]), wholeCount(w, some), w.ints([axis])]);
  const given = [first(boxes, 1), first(scores, 2), one(most), one(overlap), one(score)];
  const own = { center_point_box: { i: centerPointBox ? 1 : 0 } };
  const selected = w.emit('NonMaxSuppression', given, own, attributes.padded ? undefined : outputs[0]);
  const rows = w.emit('Gather', [w.emit('Shape', [selected]), w.constant(tensorOf('int64', [], [0]))]);
  w.emit('Cast', [rows], { to: { i: DATA_TYPE.int32 } }, outputs[1]);
  if (!attributes.padded) return;
  // Of each batch and class as many rows as there are boxes, or as may be chosen; extents need not be known here.
  const [batches, classes, count] = [0, 1, 2].map((k) =>
    w.emit('Gather', [w.emit('Shape', [scores]), w.ints([k])], { axis: { i: 0 } }),
  );
  const each = w.emit('Min', [count ?? '', w.emit('Max', [one(most), w.ints([0])])]);
  const extent = w.emit('Mul', [w.emit('Mul', [batches ?? '', classes ?? '']), each]);
  const behind = w.emit('Sub', [extent, w.reshape(rows, [1])]);
  const pads = w.emit('Concat', [w.ints([0, 0]), behind, w.ints([0])], { axis: { i: 0 } });
  w.emit('Pad', [selected, pads], {}, outputs[0]);
}
