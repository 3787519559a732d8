/** Operators that move elements without computing on them. */
import { tensorOf } from '../../../../core/tensor.ts';
import { NO_ACTIVATION } from '../../../../ir/ops.ts';
import { range } from '../../../../util/arrays.ts';
import type { OnnxNode } from '../../node.ts';

function transpose(n: OnnxNode): string {
  return n.one('Transpose', [n.input(0)], { perm: n.attr.ints('perm') ?? [] });
}

/** The axis had a default only before opset 4. */
function concat(n: OnnxNode): string {
  if (n.opset >= 4 && !n.attr.has('axis')) n.fail('axis is missing');
  return n.one('Concat', n.inputs(), { axis: n.attr.int('axis', 1) });
}

function pad(n: OnnxNode): string {
  const mode = n.attr.choice('mode', 'constant', ['constant', 'reflect', 'edge']);
  const listed =
    n.opset < 11 ? (n.attr.ints('pads') ?? n.attr.ints('paddings') ?? n.fail('pads are missing')) : undefined;
  if (listed) {
    const value = n.attr.float('value', 0);
    const given = value === 0 ? [] : [n.constant(tensorOf(n.facts(0).dtype ?? 'float32', [], [value]), 'value')];
    return n.one('Pad', [n.input(0), n.ints(listed), ...given], { mode });
  }
  const value = n.optional(2);
  const pads = n.optional(3) === '' ? n.input(1) : padsOfAxes(n);
  return n.one('Pad', value === '' ? [n.input(0), pads] : [n.input(0), pads, value], { mode });
}

/** The pads of some axes (Pad-18) spread over all of them, by rows of the unit matrix: what is computed folds with the shapes. */
function padsOfAxes(n: OnnxNode): string {
  const rank = n.rankKept();
  const axes = n.constantInput(3)?.data ?? [];
  for (const axis of axes) if (axis < -rank || axis >= rank) n.fail(`axis ${axis} of a tensor of rank ${rank}`);
  const unit = range(rank * rank).map((i) => (i % (rank + 1) === 0 ? 1 : 0));
  const rows = n.one('Gather', [n.constant(tensorOf('float32', [rank, rank], unit), 'unit'), n.input(3)], { axis: 0 });
  const given = n.one('Cast', [n.reshape(n.input(1), [2, -1])], { to: 'float32' });
  const all = n.one('MatMul', [given, rows], { transA: false, transB: false, activation: NO_ACTIVATION });
  return n.reshape(n.one('Cast', [all], { to: 'int64' }), [-1]);
}

/** Movements that classifiers have. */
export const MOVE = {
  Transpose: transpose,
  Concat: concat,
  Pad: pad,
};
