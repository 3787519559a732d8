/** Functions of one element of each operand: arithmetic. */
import type { BinaryKind } from '../../../../ir/ops.ts';
import type { OnnxNode, OnnxTranslation } from '../../node.ts';

/** A function of two operands. */
export function binary(kind: BinaryKind): OnnxTranslation {
  return (n) => n.binary(kind, ...operands(n));
}

/** The two operands; before opset 7 the second one lines up with the first at `axis` instead of at the end. */
export function operands(n: OnnxNode): [string, string] {
  n.attr.ignore('consumed_inputs', 'broadcast');
  const [a, b] = [n.input(0), n.input(1)];
  if (!n.attr.has('axis')) return [a, b];
  const axis = n.attr.int('axis', 0);
  const [rankA, rankB] = [n.rankKept ?? n.rank(0), n.rank(1)];
  const trailing = rankA - (axis < 0 ? axis + rankA : axis) - rankB;
  if (trailing < 0) n.fail(`axis ${axis} does not place rank ${rankB} inside rank ${rankA}`);
  return [a, trailing === 0 ? b : unsqueezeEnd(n, b, rankB, trailing)];
}

/** Appends `count` extents of 1. */
export function unsqueezeEnd(n: OnnxNode, value: string, rank: number, count: number): string {
  return n.one('Unsqueeze', [value], { axes: Array.from({ length: count }, (_, i) => rank + i) });
}

/** Sum, Max, Min: a chain of two-operand nodes. */
export function chain(kind: BinaryKind): OnnxTranslation {
  return (n) => {
    n.attr.ignore('consumed_inputs');
    const [first = '', ...others] = n.inputs();
    return others.reduce((folded, next) => n.binary(kind, folded, next), first);
  };
}

/** Arithmetic that classifiers have. */
export const ARITHMETIC = {
  Add: binary('add'),
  Sub: binary('sub'),
  Mul: binary('mul'),
  Div: binary('div'),
  Sum: chain('add'),
};
