/** Reading scalar arithmetic back out of a graph: affine maps, products and polynomials of one value. */
import { isFloat } from '../../core/dtype.ts';
import type { NodeOf } from '../../ir/ops.ts';
import { splitConstant, uniformValue } from '../lib/constants.ts';
import type { Rewriter } from '../lib/rewriter.ts';

/** scale·source + offset */
export interface Affine {
  readonly source: string;
  readonly scale: number;
  readonly offset: number;
}

/** scale · factors[0] · factors[1] · … */
export interface ConstantProduct {
  readonly scale: number;
  readonly factors: readonly string[];
}

/** A value as an affine map of the value furthest back, through arithmetic with scalars that nothing else reads. */
export function affineOf(value: string, rewriter: Rewriter): Affine {
  let result: Affine = { source: value, scale: 1, offset: 0 };
  for (;;) {
    const step = rewriter.isSole(result.source) ? affineStep(result.source, rewriter) : undefined;
    if (!step) return result;
    // outer(inner(x)) = outer.scale·(inner.scale·x + inner.offset) + outer.offset
    const { scale, offset } = result;
    result = { source: step.source, scale: scale * step.scale, offset: scale * step.offset + offset };
  }
}

function affineStep(value: string, rewriter: Rewriter): Affine | undefined {
  const node = rewriter.producerOf(value, 'Binary');
  const split = node && splitConstant(node, rewriter);
  const c = split && uniformValue(split.constant);
  if (!node || !split || c === undefined || !Number.isFinite(c)) return undefined;
  const source = split.value;
  switch (node.attributes.kind) {
    case 'add':
      return { source, scale: 1, offset: c };
    case 'sub':
      return split.flipped ? { source, scale: -1, offset: c } : { source, scale: 1, offset: -c };
    case 'mul':
      return { source, scale: c, offset: 0 };
    case 'div':
      return split.flipped || c === 0 ? undefined : { source, scale: 1 / c, offset: 0 };
    default:
      return undefined;
  }
}

/** A multiplication or division as a product, through some inner ones that nothing else reads. */
export function productOf(node: NodeOf<'Binary'>, rewriter: Rewriter, depth = 0): ConstantProduct | undefined {
  const { kind, activation } = node.attributes;
  const [a = '', b = ''] = node.inputs;
  if (activation.kind !== 'none' || !isFloat(rewriter.desc(a).dtype)) return undefined;
  const split = splitConstant(node, rewriter);
  const c = split && uniformValue(split.constant);
  if (split && c !== undefined) {
    const inner = factorsOf(split.value, rewriter, depth);
    if (kind === 'mul') return { scale: inner.scale * c, factors: inner.factors };
    if (kind === 'div' && !split.flipped) return { scale: inner.scale / c, factors: inner.factors };
    return undefined;
  }
  if (kind !== 'mul') return undefined;
  const left = factorsOf(a, rewriter, depth);
  const right = factorsOf(b, rewriter, depth);
  return { scale: left.scale * right.scale, factors: [...left.factors, ...right.factors] };
}

function factorsOf(value: string, rewriter: Rewriter, depth: number): ConstantProduct {
  const node = depth < MAX_DEPTH && rewriter.isSole(value) ? rewriter.producerOf(value, 'Binary') : undefined;
  return (node && productOf(node, rewriter, depth + 1)) ?? { scale: 1, factors: [value] };
}

/** Highest power that `polynomialOf` follows, and nesting of all: enough for x + 0.044715·x³ in any spelling. */
const MAX_DEGREE = 3;
const MAX_DEPTH = 8;

/** The coefficients c of Σ cᵢ·xⁱ when a value is such a polynomial of `x` of degree 3 at most. */
export function polynomialOf(value: string, x: string, rewriter: Rewriter, depth = 0): number[] | undefined {
  if (rewriter.resolve(value) === rewriter.resolve(x)) return [0, 1];
  const constant = uniformValue(rewriter.constant(value));
  if (constant !== undefined) return [constant];
  const node = rewriter.producer(value);
  if (!node || depth > MAX_DEPTH) return undefined;
  const [a, b] = node.inputs.map((i) => polynomialOf(i, x, rewriter, depth + 1));
  if (node.op === 'Unary' && a) {
    if (node.attributes.kind === 'square') return multiply(a, a);
    if (node.attributes.kind === 'neg') return a.map((v) => -v);
    return undefined;
  }
  if (node.op !== 'Binary' || node.attributes.activation.kind !== 'none' || !a || !b) return undefined;
  const { kind } = node.attributes;
  if (kind === 'add') return combine(a, b, 1);
  if (kind === 'sub') return combine(a, b, -1);
  if (kind === 'mul') return multiply(a, b);
  const [c = 0, ...rest] = b;
  if (rest.length > 0) return undefined;
  if (kind === 'div' && c !== 0) return a.map((v) => v / c);
  if (kind === 'pow' && c === 2) return multiply(a, a);
  if (kind === 'pow' && c === 3) return multiply(a, multiply(a, a));
  return undefined;
}

function combine(a: readonly number[], b: readonly number[], sign: number): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + sign * (b[i] ?? 0));
}

function multiply(a: readonly number[], b: readonly number[] | undefined): number[] | undefined {
  if (!b || a.length + b.length - 2 > MAX_DEGREE) return undefined;
  const out = Array.from({ length: a.length + b.length - 1 }, () => 0);
  a.forEach((va, i) => b.forEach((vb, j) => (out[i + j] = (out[i + j] ?? 0) + va * vb)));
  return out;
}

/** True when two numbers agree up to the rounding of float32 constants in a model file. */
export function about(a: number, b: number): boolean {
  return Math.abs(a - b) <= 2e-6 * Math.max(Math.abs(a), Math.abs(b));
}
