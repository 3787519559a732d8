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

function split(n: OnnxNode): string[] {
  const sizes = n.intsOrInput('split', 1);
  const parts = n.attr.int('num_outputs', n.outputs.length);
  if (parts !== n.outputs.length) n.fail(`num_outputs = ${parts} with ${n.outputs.length} outputs`);
  if (sizes && sizes.length !== parts) n.fail(`${sizes.length} sizes for ${parts} outputs`);
  return n.many('Split', [n.input(0)], { axis: n.attr.int('axis', 0), sizes: sizes ?? [] }, parts);
}

/** Before opset 10 the bounds are attributes. */
function slice(n: OnnxNode): string {
  const starts = n.attr.ints('starts');
  const ends = n.attr.ints('ends');
  if (starts && ends) {
    const axes = n.attr.ints('axes') ?? range(starts.length);
    const bounds = [starts, ends].map((list) => n.ints(list.map(clampInt32)));
    return n.one('Slice', [n.input(0), ...bounds, n.ints(axes)], {});
  }
  const inputs = [n.input(0), n.input(1), n.input(2), n.optional(3), n.optional(4)];
  while (inputs.at(-1) === '') inputs.pop();
  return n.one('Slice', inputs, {});
}

/** "To the end" is written as an extreme int64; the engine holds int32. */
function clampInt32(v: number): number {
  return Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), v));
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

/** Movements. */
export const MOVE = {
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Expand: (n: OnnxNode) => n.one('Expand', [n.input(0), n.input(1)], {}),
};
