/** Functions of one element of each operand: arithmetic, comparison, logic, selection. */
import type { BinaryKind, UnaryKind } from '../../../../ir/ops.ts';
import type { OnnxNode, OnnxTranslation } from '../../node.ts';

function unary(kind: UnaryKind): OnnxTranslation {
  return (n) => {
    n.attr.ignore('consumed_inputs');
    return n.one('Unary', [n.input(0)], { kind });
  };
}

function binary(kind: BinaryKind): OnnxTranslation {
  return (n) => n.binary(kind, ...operands(n));
}

/** The two operands; before opset 7 the second one lines up with the first at `axis` instead of at the end. */
export function operands(n: OnnxNode): [string, string] {
  n.attr.ignore('consumed_inputs', 'broadcast');
  const [a, b] = [n.input(0), n.input(1)];
  if (!n.attr.has('axis')) return [a, b];
  const axis = n.attr.int('axis', 0);
  const [rankA, rankB] = [n.rank(0), n.rank(1)];
  const trailing = rankA - (axis < 0 ? axis + rankA : axis) - rankB;
  if (trailing < 0) n.fail(`axis ${axis} does not place rank ${rankB} inside rank ${rankA}`);
  return [a, trailing === 0 ? b : unsqueezeEnd(n, b, rankB, trailing)];
}

/** Appends `count` extents of 1. */
export function unsqueezeEnd(n: OnnxNode, value: string, rank: number, count: number): string {
  return n.one('Unsqueeze', [value], { axes: Array.from({ length: count }, (_, i) => rank + i) });
}

/** Sum, Max, Min: a chain of two-operand nodes. */
function chain(kind: BinaryKind): OnnxTranslation {
  return (n) => {
    n.attr.ignore('consumed_inputs');
    const [first = '', ...others] = n.inputs();
    return others.reduce((folded, next) => n.binary(kind, folded, next), first);
  };
}

function mean(n: OnnxNode): string {
  n.attr.ignore('consumed_inputs');
  const [first = '', ...others] = n.inputs();
  const sum = others.reduce((folded, next) => n.binary('add', folded, next), first);
  return n.binary('div', sum, n.scalar(n.facts(0).dtype ?? 'float32', n.inputCount));
}

/** Arithmetic and its like. */
export const ARITHMETIC = {
  Abs: unary('abs'),
  Neg: unary('neg'),
  Exp: unary('exp'),
  Log: unary('log'),
  Sqrt: unary('sqrt'),
  Reciprocal: unary('reciprocal'),
  Sign: unary('sign'),
  Floor: unary('floor'),
  Ceil: unary('ceil'),
  Round: unary('round'),
  Sin: unary('sin'),
  Cos: unary('cos'),
  Erf: unary('erf'),
  IsNaN: unary('isNaN'),
  Not: (n: OnnxNode) => n.one('Unary', [n.input(0)], { kind: 'not' }),
  Add: binary('add'),
  Sub: binary('sub'),
  Mul: binary('mul'),
  Div: binary('div'),
  Equal: binary('equal'),
  Less: binary('less'),
  LessOrEqual: binary('lessOrEqual'),
  Greater: binary('greater'),
  GreaterOrEqual: binary('greaterOrEqual'),
  And: binary('and'),
  Or: binary('or'),
  Xor: binary('xor'),
  Sum: chain('add'),
  Max: chain('max'),
  Min: chain('min'),
  Mean: mean,
  Where: (n: OnnxNode) => n.one('Where', [n.input(0), n.input(1), n.input(2)], {}),
};
