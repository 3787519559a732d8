/** Questions passes ask of constant operands: is it a scalar, one value per channel, a list of integers. */
import { at } from '../../util/arrays.ts';
import { isFloat } from '../../core/dtype.ts';
import type { Shape, Tensor } from '../../core/tensor.ts';
import type { NodeOf } from '../../ir/ops.ts';
import type { Rewriter } from './rewriter.ts';

const uniform = new WeakMap<Tensor, number | undefined>();

/**
 * The number that a constant holds in every element; undefined when it holds several, or is not constant. Remembered: many
 * nodes may share one.
 */
export function uniformValue(t: Tensor | undefined): number | undefined {
  if (!t) return undefined;
  const [first] = t.data;
  if (!uniform.has(t)) uniform.set(t, t.data.every((v) => v === first) ? first : undefined);
  return uniform.get(t);
}

/** The integers of a constant operand. */
export function constantInts(rewriter: Rewriter, value: string | undefined): number[] | undefined {
  const t = rewriter.constant(value);
  return t && Array.from(t.data);
}

/** A Binary of a value and a constant that does not enlarge the value. */
export interface ConstantBinary {
  readonly value: string;
  readonly constant: Tensor;
  /** True when the constant is the left operand. */
  readonly flipped: boolean;
}

/** Splits a float Binary without activation into its value and its constant; undefined when it is not of that kind. */
export function splitConstant(node: NodeOf<'Binary'>, rewriter: Rewriter): ConstantBinary | undefined {
  if (node.attributes.activation.kind !== 'none') return undefined;
  const [a = '', b = ''] = node.inputs;
  const left = rewriter.constant(a);
  const right = rewriter.constant(b);
  const constant = right ?? left;
  if (!constant || (left && right)) return undefined;
  const value = right ? a : b;
  const desc = rewriter.desc(value);
  if (!isFloat(desc.dtype) || !fitsInside(constant.shape, desc.shape)) return undefined;
  return { value, constant, flipped: !right };
}

/** True when `inner` broadcasts to `outer` without changing it. */
export function fitsInside(inner: Shape, outer: Shape): boolean {
  const shift = outer.length - inner.length;
  return shift >= 0 && inner.every((d, i) => d === 1 || d === at(outer, shift + i));
}
