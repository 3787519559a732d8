/** Lists of tensors. */
import { range } from '../../../../util/arrays.ts';
import type { OnnxNode } from '../../node.ts';

const PLAIN = { axis: 0, keepDims: true };

export function sequenceEmpty(n: OnnxNode): string {
  // The type of what it would hold: what is put into it has its own.
  n.attr.ignore('dtype');
  return n.one('Sequence', [], { ...PLAIN, kind: 'insert' });
}

export function sequenceConstruct(n: OnnxNode): string {
  const tensors = range(n.inputCount).map((i) => n.input(i));
  return n.one('Sequence', ['', '', ...tensors], { ...PLAIN, kind: 'insert' });
}

export function sequenceInsert(n: OnnxNode): string {
  return n.one('Sequence', [n.input(0), n.optional(2), n.input(1)], { ...PLAIN, kind: 'insert' });
}

export function sequenceErase(n: OnnxNode): string {
  return n.one('Sequence', [n.input(0), n.optional(1)], { ...PLAIN, kind: 'erase' });
}

export function sequenceAt(n: OnnxNode): string {
  return n.one('Sequence', [n.input(0), n.input(1)], { ...PLAIN, kind: 'at' });
}

export function sequenceLength(n: OnnxNode): string {
  return n.one('Sequence', [n.input(0)], { ...PLAIN, kind: 'length' });
}

export function splitToSequence(n: OnnxNode): string {
  const [axis, keepDims] = [n.attr.int('axis', 0), n.attr.flag('keepdims', true)];
  return n.one('Sequence', [n.input(0), n.optional(1)], { kind: 'split', axis, keepDims });
}

export function concatFromSequence(n: OnnxNode): string {
  if (!n.attr.has('axis')) n.fail('attribute "axis" is missing');
  const [axis, newAxis] = [n.attr.int('axis', 0), n.attr.flag('new_axis', false)];
  return n.one('Sequence', [n.input(0)], { kind: 'concat', axis, keepDims: !newAxis });
}
