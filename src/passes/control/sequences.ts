/** Lists of tensors: what is done with them is done with names. */
import { normalizeAxis } from '../../core/broadcast.ts';
import { ShapeError } from '../../core/errors.ts';
import { tensorOf } from '../../core/tensor.ts';
import { nodeOf } from '../../ir/is-op.ts';
import type { Node, NodeOf } from '../../ir/ops.ts';
import { at, range } from '../../util/arrays.ts';
import type { ControlWalk } from './control-walk.ts';

type Sequence = NodeOf<'Sequence'>;

/** Gives the nodes that stand for one. Throws ShapeError on what is no list, and on positions and sizes that do not fit. */
export function* runSequence(control: ControlWalk, node: Sequence): Generator<Node, void, void> {
  const { kind } = node.attributes;
  const [list = '', position = '', ...tensors] = node.inputs;
  const output = at(node.outputs, 0);
  if (kind === 'split') return yield* split(control, node);
  if (tensors.some((name) => control.list(name))) throw misfit(node, 'a list cannot be an element of a list');
  const known = list === '' ? [] : control.list(list);
  if (!known) throw misfit(node, `input "${list}" is a tensor, not a list of tensors`);
  if (kind === 'insert') {
    const before = position === '' ? known.length : positionIn(control, node, known.length + 1);
    return control.setList(node, output, known.toSpliced(before, 0, ...tensors));
  }
  if (kind === 'erase') {
    const gone = position === '' ? known.length - 1 : positionIn(control, node, known.length);
    if (known.length === 0) throw misfit(node, 'the list is empty');
    return control.setList(node, output, known.toSpliced(gone, 1));
  }
  if (kind === 'length') return control.set(output, tensorOf('int64', [], [known.length]));
  if (kind === 'concat') return yield* concat(control, node, known);
  const from = at(known, positionIn(control, node, known.length));
  yield nodeOf({ op: 'Identity', name: node.name, inputs: [from], outputs: [output], attributes: {} });
}

/** A position among so many, counted from the end where it is negative; behind the last of a list it can be inserted, too. */
function positionIn(control: ControlWalk, node: Sequence, count: number): number {
  const [said = 0, ...others] = known(control, node, 'the position');
  if (others.length > 0) throw misfit(node, `the position has ${others.length + 1} elements`);
  const length = node.attributes.kind === 'insert' ? count - 1 : count;
  const position = said < 0 ? said + length : said;
  if (position < 0 || position >= count) throw misfit(node, `position ${said} in a list of ${length} tensors`);
  return position;
}

function known(control: ControlWalk, node: Sequence, what: string): number[] {
  const elements = control.constant(at(node.inputs, 1))?.data;
  if (elements) return Array.from(elements);
  return control.refuse(node, `${what} depends on data that is not known before the run`);
}

function* concat(control: ControlWalk, node: Sequence, list: readonly string[]): Generator<Node, void, void> {
  const { name, outputs } = node;
  const [first] = list;
  if (first === undefined) throw misfit(node, 'the list is empty, and says nothing of the shape of what it holds');
  const rank = control.desc(node, first)?.shape.length ?? 0;
  const axis = axisOf(node, node.attributes.keepDims ? rank : rank + 1);
  const parts: string[] = [];
  for (const tensor of list) {
    if (node.attributes.keepDims) {
      parts.push(tensor);
      continue;
    }
    const made = control.made(at(outputs, 0), 'Unsqueeze', [tensor], { axes: [axis] });
    yield made.node;
    parts.push(made.output);
  }
  yield nodeOf({ op: 'Concat', name, inputs: parts, outputs, attributes: { axis } });
}

function* split(control: ControlWalk, node: Sequence): Generator<Node, void, void> {
  const [x = '', said = ''] = node.inputs;
  const output = at(node.outputs, 0);
  const desc = control.desc(node, x);
  if (!desc) throw misfit(node, 'a list cannot be split');
  const axis = axisOf(node, desc.shape.length);
  if (desc.bounded?.axis === axis) control.refuse(node, 'the number of parts depends on data');
  const extent = at(desc.shape, axis);
  const sizes = said === '' ? parts(control, node, extent, 1) : partsOf(control, node, extent);
  const outputs = sizes.map(() => control.unique(`${output}/part`));
  if (outputs.length > 0)
    yield nodeOf({ op: 'Split', name: node.name, inputs: [x], outputs, attributes: { axis, sizes } });

  const kept = said !== '' || node.attributes.keepDims;
  const tensors: string[] = [];
  for (const part of outputs) {
    if (kept) {
      tensors.push(part);
      continue;
    }
    const made = control.made(part, 'Squeeze', [part], { axes: [axis] });
    yield made.node;
    tensors.push(made.output);
  }
  control.setList(node, output, tensors);
}

/** One number says how long each part is, but for what is left for the last. */
function partsOf(control: ControlWalk, node: Sequence, extent: number): number[] {
  const sizes = known(control, node, 'the size of parts');
  const shape = control.desc(node, at(node.inputs, 1))?.shape ?? [];
  const [size = 0] = sizes;
  if (shape.length > 0) return sizes;
  if (size <= 0) throw misfit(node, `parts of ${size}`);
  return parts(control, node, extent, size);
}

function parts(control: ControlWalk, node: Sequence, extent: number, size: number): number[] {
  const count = Math.ceil(extent / size);
  control.spend(node, count);
  return range(count).map((i) => Math.min(size, extent - i * size));
}

function axisOf(node: Sequence, rank: number): number {
  const { axis } = node.attributes;
  if (axis < -rank || axis >= rank) throw misfit(node, `axis ${axis} of ${rank} dimensions`);
  return normalizeAxis(axis, rank);
}

function misfit({ name, op }: Node, message: string): ShapeError {
  return new ShapeError(message, { node: name, op });
}
