/** Operators that move elements without computing on them. */
import { tensorOf } from '../../../../core/tensor.ts';
import type { OnnxNode, OnnxTranslation } from '../../node.ts';

function transpose(n: OnnxNode): string {
  return n.one('Transpose', [n.input(0)], { perm: n.attr.ints('perm') ?? [] });
}

/** The axis had a default only before opset 4. */
function concat(n: OnnxNode): string {
  if (n.opset >= 4 && !n.attr.has('axis')) n.fail('axis is missing');
  return n.one('Concat', n.inputs(), { axis: n.attr.int('axis', 1) });
}

/** A row for Pad, where `padsOf` gives all begins, then all ends. */
export function pad(padsOf: (n: OnnxNode) => string): OnnxTranslation {
  return (n) => {
    const mode = n.attr.choice('mode', 'constant', ['constant', 'reflect', 'edge', 'wrap']);
    const listed =
      n.opset < 11 ? (n.attr.ints('pads') ?? n.attr.ints('paddings') ?? n.fail('pads are missing')) : undefined;
    if (listed) {
      const value = n.attr.float('value', 0);
      const given = value === 0 ? [] : [n.constant(tensorOf(n.facts(0).dtype ?? 'float32', [], [value]), 'value')];
      return n.one('Pad', [n.input(0), n.ints(listed), ...given], { mode });
    }
    const value = n.optional(2);
    const pads = padsOf(n);
    return n.one('Pad', value === '' ? [n.input(0), pads] : [n.input(0), pads, value], { mode });
  };
}

/** Movements that classifiers have. */
export const MOVE = {
  Transpose: transpose,
  Concat: concat,
  Pad: pad((n) => n.input(1)),
};
