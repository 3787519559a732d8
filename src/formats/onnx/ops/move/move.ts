/** Operators that move elements without computing on them. */
import { tensorOf } from '../../../../core/tensor.ts';
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
    const given = value === 0 ? [] : [n.constant(tensorOf('float32', [], [value]), 'value')];
    return n.one('Pad', [n.input(0), n.ints(listed), ...given], { mode });
  }
  const value = n.optional(2);
  const axes = n.knownInts(3, 'axes');
  const pads = axes ? n.ints(padsOfAxes(n, axes)) : n.input(1);
  return n.one('Pad', value === '' ? [n.input(0), pads] : [n.input(0), pads, value], { mode });
}

/** The pads of some axes (Pad-18) spread over all of them. */
function padsOfAxes(n: OnnxNode, axes: readonly number[]): number[] {
  const rank = n.rank(0);
  const given = n.knownInts(1, 'pads') ?? n.fail('pads are missing');
  if (given.length !== 2 * axes.length) n.fail(`${given.length} pads for ${axes.length} axes`);
  const full = range(2 * rank).map(() => 0);
  axes.forEach((axis, i) => {
    const positive = axis < 0 ? axis + rank : axis;
    if (positive < 0 || positive >= rank) n.fail(`axis ${axis} of a tensor of rank ${rank}`);
    full[positive] = given[i] ?? 0;
    full[positive + rank] = given[i + axes.length] ?? 0;
  });
  return full;
}

/** Movements that classifiers have. */
export const MOVE = {
  Transpose: transpose,
  Concat: concat,
  Pad: pad,
};
