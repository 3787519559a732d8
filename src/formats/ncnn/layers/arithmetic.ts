/** Functions of one element of each operand. */
import { tensorOf } from '../../../core/tensor.ts';
import type { BinaryKind, UnaryKind } from '../../../ir/ops.ts';
import { at, range } from '../../../util/arrays.ts';
import type { NcnnContext } from '../context.ts';
import { axisSize, sizeVector } from './sizes.ts';

/** The functions of BinaryOp, by number, and whether they take their operands the other way round. */
const BINARY: readonly (readonly [BinaryKind, swapped?: boolean])[] = [
  ['add'],
  ['sub'],
  ['mul'],
  ['div'],
  ['max'],
  ['min'],
  ['pow'],
  ['sub', true],
  ['div', true],
  ['pow', true],
  ['atan2'],
  ['atan2', true],
];

function binaryOp(c: NcnnContext): string {
  const op = c.int(0, 0);
  const [kind, swapped = false] = BINARY[op] ?? c.refuse(`operation ${op}`);
  const [a, b] = c.flag(1) ? [c.input(), c.scalar('float32', c.float(2, 0))] : broadcastable(c, c.input(), c.input(1));
  return swapped ? c.binary(kind, b, a) : c.binary(kind, a, b);
}

/**
 * Two blobs whose dimensions meet from the outermost on: the one of fewer gets extents of 1 behind its own. A vector meets the
 * outermost dimension if it is as long as that, else the innermost.
 */
function broadcastable(c: NcnnContext, a: string, b: string): readonly [string, string] {
  const rank = Math.max(c.rank(a), c.rank(b));
  const [first, second] = [a, b].map((x, i) => expanded(c, x, rank, i === 0 ? b : a));
  return [first ?? a, second ?? b];
}

function expanded(c: NcnnContext, x: string, rank: number, other: string): string {
  const own = c.rank(x);
  if (own === rank) return x;
  if (own > 2) return c.one('Unsqueeze', [x], { axes: range(rank - own).map((i) => own + i) });
  const ones = range(rank - 2).map(() => 1);
  const [outermost, innermost] = [
    [0, -1, ...ones],
    [0, ...ones, -1],
  ];
  const [length, extent] = [axisSize(c, x, 1), axisSize(c, other, 1)];
  if (length === 1) return c.reshape(x, innermost);
  if (typeof length === 'number' && typeof extent === 'number') {
    return c.reshape(x, length === extent ? outermost : innermost);
  }
  const isSame = c.binary('equal', sizeVector(c, length), sizeVector(c, extent));
  const y = c.reshapeTo(x, c.one('Where', [isSame, c.ints(outermost), c.ints(innermost)], {}));
  return c.withExtents(y, [c.extents(x)[0], ...range(rank - 1).map(() => undefined)]);
}

/** The functions of UnaryOp, by number; those that are no operator are made of some. */
const UNARY: readonly (UnaryKind | ((c: NcnnContext, x: string) => string))[] = [
  'abs',
  'neg',
  'floor',
  'ceil',
  'square',
  'sqrt',
  'rsqrt',
  'exp',
  'log',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  (c, x) => c.binary('atan2', x, c.scalar('float32', 1)),
  'reciprocal',
  (c, x) => c.activate(x, { kind: 'tanh', alpha: 0, beta: 0 }),
  (c, x) => c.binary('mul', c.one('Unary', [x], { kind: 'log' }), c.scalar('float32', Math.LOG10E)),
  'round',
  (c, x) =>
    c.binary(
      'mul',
      c.one('Unary', [x], { kind: 'sign' }),
      c.one('Unary', [c.one('Unary', [x], { kind: 'abs' })], { kind: 'floor' }),
    ),
];

function unaryOp(c: NcnnContext): string {
  const op = c.int(0, 0);
  const kind = UNARY[op] ?? c.refuse(`operation ${op}`);
  return typeof kind === 'string' ? c.one('Unary', [c.input()], { kind }) : kind(c, c.input());
}

/** Product, sum with factors, or maximum of blobs of one shape. */
function eltwise(c: NcnnContext): string {
  const op = c.int(0, 0);
  const kind = (['mul', 'add', 'max'] as const)[op] ?? c.refuse(`operation ${op}`);
  const factors = kind === 'add' ? c.floatList(1) : [];
  const inputs = c.inputs();
  if (inputs.length < 2) c.fail(`reads ${inputs.length} blobs`);
  if (factors.length > 0 && factors.length !== inputs.length) {
    c.fail(`has ${factors.length} factors for ${inputs.length} blobs`);
  }
  const terms = inputs.map((x, i) =>
    (factors[i] ?? 1) === 1 ? x : c.binary('mul', x, c.constant(tensorOf('float32', [], [at(factors, i)]), 'factor')),
  );
  return terms.reduce((a, b) => c.binary(kind, a, b));
}

/** Rows. */
export const ARITHMETIC = { BinaryOp: binaryOp, UnaryOp: unaryOp, Eltwise: eltwise };
