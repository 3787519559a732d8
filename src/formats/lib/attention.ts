/** Scaled dot-product attention by operators that there are, as formats have it with heads, masks and biases. */
import type { DType } from '../../core/dtype.ts';
import { NO_ACTIVATION } from '../../ir/ops.ts';
import { at } from '../../util/arrays.ts';
import { countTo, reorder } from './composites.ts';
import type { Emitter } from './emitter.ts';

/** What attention is computed of. */
export interface AttentionSpec {
  /** `[B, heads, L, E]`. */
  readonly query: string;
  /** `[B, groups, S, E]`, where as many heads of the query as there are for each group look at the same keys. */
  readonly key: string;
  /** `[B, groups, S, F]`. */
  readonly value: string;
  /** What the products of query and key are multiplied by; absent: 1/√E. */
  readonly scale?: number | undefined;
  /** Products are brought to this range by a hyperbolic tangent; absent or not positive: they are not. */
  readonly softcap?: number | undefined;
  /** Added to the products, broadcast to `[B, heads, L, S]`; `''` where there is none. */
  readonly bias: string;
  /** A product beside those of each row, `[1, heads or 1, 1, 1]`, that takes a weight and has no value; `''` or absent: none. */
  readonly sink?: string;
  /** The bias may be −∞ in a whole row, whose result is 0 then. */
  readonly mayMaskAll: boolean;
  /** Element type of all of these. */
  readonly dtype: DType;
}

/** What attention computes, the steps on the way `[B, heads, L, S]`. */
export interface Attended {
  /** `[B, heads, L, F]`. */
  readonly y: string;
  /** Products of query and key, scaled. */
  readonly products: string;
  /** The same after the soft cap. */
  readonly capped: string;
  /** The same with the bias. */
  readonly biased: string;
  /** Their soft maxima. */
  readonly weights: string;
}

/** softmax(cap(scale · query · keyᵀ) + bias) · value. */
export function attend(e: Emitter, spec: AttentionSpec): Attended {
  const { query, key, value, bias, dtype, softcap = 0 } = spec;
  const shape = e.one('Shape', [query], {});
  const keyShape = e.one('Shape', [key], {});
  const groups = reorder(e, keyShape, [1]);
  // One image's keys are not those of all, nor one head's values.
  const likeKeys = (x: string): string => {
    const width = reorder(e, e.one('Shape', [x], {}), [3]);
    return shaped(e, x, [reorder(e, shape, [0]), reorder(e, keyShape, [1, 2]), width]);
  };
  const plain = { transA: false, transB: false, activation: NO_ACTIVATION };
  const scaled = e.binary('mul', query, scaleOf(e, spec, shape));
  const dot = e.one('MatMul', [underGroups(e, scaled, groups), likeKeys(key)], { ...plain, transB: true });
  const products = ofHeads(e, dot, shape);
  const capped = softcap > 0 ? capTo(e, products, e.scalar(dtype, softcap)) : products;
  const biased = bias === '' ? capped : e.binary('add', capped, bias);
  const weights = weightsOf(e, biased, spec.sink);
  const sum = ofHeads(e, e.one('MatMul', [underGroups(e, weights, groups), likeKeys(value)], plain), shape);
  const known = spec.mayMaskAll && bias !== '' ? zeroMasked(e, [sum, weights], spec) : [sum, weights];
  return { y: at(known, 0), products, capped, biased, weights: at(known, 1) };
}

function weightsOf(e: Emitter, products: string, sink = ''): string {
  const softmax = (x: string): string => e.one('Softmax', [x], { axes: [-1], log: false });
  if (sink === '') return softmax(products);
  const shape = e.one('Shape', [products], {});
  const column = e.one('Concat', [reorder(e, shape, [0, 1, 2]), e.ints([1])], { axis: 0 });
  const all = softmax(e.one('Concat', [products, e.one('Expand', [sink, column], {})], { axis: 3 }));
  return e.one('Slice', [all, e.ints([0]), e.ints([-1]), e.ints([3])], {});
}

function scaleOf(e: Emitter, { scale, dtype }: AttentionSpec, shape: string): string {
  if (scale !== undefined) return e.scalar(dtype, scale);
  const extent = e.one('Cast', [e.one('Squeeze', [reorder(e, shape, [3])], { axes: [0] })], { to: dtype });
  return e.one('Unary', [extent], { kind: 'rsqrt' });
}

/** `[B, heads, L, E]` → `[B, groups, heads/groups·L, E]`: the heads of a group are rows of one matrix. */
function underGroups(e: Emitter, x: string, groups: string): string {
  const shape = e.one('Shape', [x], {});
  const rows = e.binary('mul', e.binary('div', reorder(e, shape, [1]), groups), reorder(e, shape, [2]));
  return shaped(e, x, [reorder(e, shape, [0]), groups, rows, reorder(e, shape, [3])]);
}

/** Back to the heads and rows that `shape` is of. */
function ofHeads(e: Emitter, x: string, shape: string): string {
  return shaped(e, x, [reorder(e, shape, [0, 1, 2]), reorder(e, e.one('Shape', [x], {}), [3])]);
}

/** Under a shape that is put together of lists; extents of 0 are what they are. */
export function shaped(e: Emitter, x: string, parts: readonly string[]): string {
  return e.one('Reshape', [x, e.one('Concat', parts, { axis: 0 })], { allowZero: true });
}

function capTo(e: Emitter, x: string, cap: string): string {
  const activation = { kind: 'tanh', alpha: 0, beta: 0 } as const;
  return e.binary('mul', e.one('Activation', [e.binary('div', x, cap)], { activation }), cap);
}

/** The soft maximum of a row that is all masked is NaN: its weights are 0, and nothing comes of them. */
function zeroMasked(e: Emitter, rows: readonly string[], { bias, dtype }: AttentionSpec): string[] {
  const most = e.one('Reduce', [bias], { kind: 'max', axes: [-1], keepDims: true });
  const masked = e.binary('equal', most, e.scalar(dtype, -Infinity));
  return rows.map((row) => e.one('Where', [masked, e.scalar(dtype, 0), row], {}));
}

/** `[B, L, heads·E]` → `[B, L, heads, E]`. */
export function splitHeads(e: Emitter, x: string, heads: number): string {
  const shape = e.one('Shape', [x], {});
  const count = e.ints([heads]);
  return shaped(e, x, [reorder(e, shape, [0, 1]), count, e.binary('div', reorder(e, shape, [2]), count)]);
}

/** `[B, L, heads·E]` → `[B, heads, L, E]`. */
export function headsFirst(e: Emitter, x: string, heads: number): string {
  return e.one('Transpose', [splitHeads(e, x, heads)], { perm: [0, 2, 1, 3] });
}

/** `[B, heads, L, E]` → `[B, L, heads·E]`. */
export function headsLast(e: Emitter, x: string): string {
  const moved = e.one('Transpose', [x], { perm: [0, 2, 1, 3] });
  const shape = e.one('Shape', [moved], {});
  const width = e.binary('mul', reorder(e, shape, [2]), reorder(e, shape, [3]));
  return shaped(e, moved, [reorder(e, shape, [0, 1]), width]);
}

/** 0 where a condition holds, else `outside`. */
export function maskOf(e: Emitter, condition: string, dtype: DType, outside = -Infinity): string {
  return e.one('Where', [condition, e.scalar(dtype, 0), e.scalar(dtype, outside)], {});
}

/** True where row i of L may look at key j of S: j ≤ i + offset. L, S and offset are lists of one, or broadcast to `[…, L, S]`. */
export function causal(e: Emitter, rows: string, keys: string, offset: string): string {
  const row = e.one('Unsqueeze', [countTo(e, rows)], { axes: [1] });
  return e.binary('greaterOrEqual', e.binary('add', row, offset), countTo(e, keys));
}
