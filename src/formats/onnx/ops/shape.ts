/** Operators that move, select or describe elements without computing on them. */
import { tensorOf } from '../../../core/tensor.ts';
import { range } from '../../../util/arrays.ts';
import type { OnnxNode } from '../node.ts';
import type { OpTable } from './table.ts';

function reshape(n: OnnxNode): void {
  n.ignore('consumed_inputs');
  const attribute = n.opset < 5 ? n.ints('shape') : undefined;
  const shape = attribute ? n.intsConstant(attribute) : n.in(1);
  n.result('Reshape', [n.in(0), shape], { allowZero: n.flag('allowzero', false) });
}

function squeeze(n: OnnxNode): void {
  n.result('Squeeze', [n.in(0)], { axes: n.intsOrInput('axes', 1) ?? [] });
}

function unsqueeze(n: OnnxNode): void {
  n.result('Unsqueeze', [n.in(0)], { axes: n.intsOrInput('axes', 1) ?? n.fail('axes are missing') });
}

function flatten(n: OnnxNode): void {
  n.result('Flatten', [n.in(0)], { axis: n.int('axis', 1) });
}

function transpose(n: OnnxNode): void {
  n.result('Transpose', [n.in(0)], { perm: n.ints('perm') ?? [] });
}

/** The axis had a default only before opset 4. */
function concat(n: OnnxNode): void {
  if (n.opset >= 4 && !n.has('axis')) n.fail('axis is missing');
  n.result('Concat', n.all(), { axis: n.int('axis', 1) });
}

function split(n: OnnxNode): void {
  const sizes = n.intsOrInput('split', 1);
  const parts = n.int('num_outputs', n.outputs.length);
  if (parts !== n.outputs.length) n.fail(`num_outputs = ${parts} with ${n.outputs.length} outputs`);
  if (sizes && sizes.length !== parts) n.fail(`${sizes.length} sizes for ${parts} outputs`);
  n.result('Split', [n.in(0)], { axis: n.int('axis', 0), sizes: sizes ?? [] }, n.outputs.length);
}

/** Before opset 10 the bounds are attributes. */
function slice(n: OnnxNode): void {
  const starts = n.ints('starts');
  const ends = n.ints('ends');
  if (starts && ends) {
    const axes = n.ints('axes') ?? range(starts.length);
    const bounds = [starts, ends].map((list) => n.intsConstant(list.map(clampInt32)));
    n.result('Slice', [n.in(0), ...bounds, n.intsConstant(axes)], {});
    return;
  }
  const inputs = [n.in(0), n.in(1), n.in(2), n.optional(3), n.optional(4)];
  while (inputs.at(-1) === '') inputs.pop();
  n.result('Slice', inputs, {});
}

/** "To the end" is written as an extreme int64; the engine holds int32. */
function clampInt32(v: number): number {
  return Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), v));
}

function pad(n: OnnxNode): void {
  const mode = n.choice('mode', 'constant', ['constant', 'reflect', 'edge']);
  const listed = n.opset < 11 ? (n.ints('pads') ?? n.ints('paddings') ?? n.fail('pads are missing')) : undefined;
  if (listed) {
    const value = n.float('value', 0);
    const given = value === 0 ? [] : [n.context.constant(`${n.name}/value`, tensorOf('float32', [], [value]))];
    n.result('Pad', [n.in(0), n.intsConstant(listed), ...given], { mode });
    return;
  }
  const value = n.optional(2);
  const axes = n.constantInts(3, 'axes');
  const pads = axes ? n.intsConstant(padsOfAxes(n, axes)) : n.in(1);
  n.result('Pad', value === '' ? [n.in(0), pads] : [n.in(0), pads, value], { mode });
}

/** The pads of some axes (Pad-18) spread over all of them. */
function padsOfAxes(n: OnnxNode, axes: readonly number[]): number[] {
  const rank = n.rank(0);
  const given = n.constantInts(1, 'pads') ?? n.fail('pads are missing');
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

/** Shape-15 can cut out a range of the dimensions. */
function shape(n: OnnxNode): void {
  const start = n.int('start', 0);
  const hasEnd = n.has('end');
  const end = n.int('end', 0);
  if (start === 0 && !hasEnd) {
    n.result('Shape', [n.in(0)], {});
    return;
  }
  const whole = n.main('Shape', [n.in(0)], {});
  const bounds = [n.intsConstant([start]), n.intsConstant([hasEnd ? end : 2 ** 31 - 1])];
  n.result('Slice', [whole, ...bounds], {});
}

/** At inference the data passes through and the mask is all true. */
function dropout(n: OnnxNode): void {
  n.ignore('ratio', 'seed', 'consumed_inputs', 'is_test');
  n.optional(1);
  if (n.opset < 7 && n.has('is_test') && !n.flag('is_test', true)) n.refuse('is_test = 0');
  const training = n.optional(2);
  if (training !== '') {
    const flag = n.constant(2) ?? n.refuse('training_mode computed at run time');
    if (flag.data[0] !== 0) n.refuse('training_mode = 1');
  }
  n.result('Identity', [n.in(0)], {});
  if (n.opset >= 10 && n.wants(1)) {
    const extents = n.temp('Shape', [n.in(0)], {});
    n.extra(1, 'ConstantOfShape', [extents], { dtype: 'bool', value: 1 });
  }
}

/** Data movement and shape arithmetic. */
export const SHAPE: OpTable = {
  Identity: identity,
  Dropout: dropout,
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Gather: (n) => n.result('Gather', [n.in(0), n.in(1)], { axis: n.int('axis', 0) }),
  Expand: (n) => n.result('Expand', [n.in(0), n.in(1)], {}),
  Shape: shape,
};

/** What an Identity of a constant gives is a constant too. */
function identity(n: OnnxNode): void {
  const value = n.constant(0);
  n.result('Identity', [n.in(0)], {});
  const [output] = n.outputs;
  if (value && output) n.context.noteConstant(output, value);
}
