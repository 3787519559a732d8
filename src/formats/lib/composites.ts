/**
 * Operators of formats that the engine has no operator for, in terms of those it has. Each emits its nodes and returns the
 * value of its result. Extents come from shape arithmetic, which folds once they are bound.
 */
import { tensorOf } from '../../core/tensor.ts';
import { range } from '../../util/arrays.ts';
import type { Emitter } from './emitter.ts';

/** What normalising over some axes computes on the way. */
export interface Standardised {
  /** (x − mean) / deviation. */
  readonly y: string;
  readonly mean: string;
  /** Of the elements as a whole, not an estimate from a sample. */
  readonly variance: string;
  /** sqrt(variance + epsilon). */
  readonly deviation: string;
}

/** Float32 x brought to mean 0 and variance 1 over `axes` together. */
export function standardise(e: Emitter, x: string, axes: readonly number[], epsilon: number): Standardised {
  const mean = e.one('Reduce', [x], { kind: 'mean', axes, keepDims: true });
  const centred = e.binary('sub', x, mean);
  const square = e.one('Unary', [centred], { kind: 'square' });
  const variance = e.one('Reduce', [square], { kind: 'mean', axes, keepDims: true });
  const deviation = e.one('Unary', [e.binary('add', variance, e.scalar('float32', epsilon))], { kind: 'sqrt' });
  return { y: e.binary('div', centred, deviation), mean, variance, deviation };
}

/** How a normalisation by the data's own statistics is done; `bias` is `''` where there is none. */
export interface NormSpec {
  readonly axes: readonly number[];
  readonly epsilon: number;
  readonly scale: string;
  readonly bias: string;
}

/** Standardised x · scale + bias, scale and bias broadcast to x; with the statistics it took. */
export function layerNorm(e: Emitter, x: string, { axes, epsilon, scale, bias }: NormSpec): Standardised {
  const { y, ...statistics } = standardise(e, x, axes, epsilon);
  const scaled = e.binary('mul', y, scale);
  return { y: bias === '' ? scaled : e.binary('add', scaled, bias), ...statistics };
}

/** x divided by the root of the mean of its squares over `axes`, and the reciprocal of that root. */
export function rmsNorm(
  e: Emitter,
  x: string,
  { axes, epsilon }: Pick<NormSpec, 'axes' | 'epsilon'>,
): { readonly y: string; readonly inverse: string } {
  const square = e.one('Unary', [x], { kind: 'square' });
  const mean = e.one('Reduce', [square], { kind: 'mean', axes, keepDims: true });
  const inverse = e.one('Unary', [e.binary('add', mean, e.scalar('float32', epsilon))], { kind: 'rsqrt' });
  return { y: e.binary('mul', x, inverse), inverse };
}

/**
 * x `[N, C, …S]` standardised in each of so many groups of channels of every image. `perGroup` is applied to the result as
 * `[N, groups, elements]`, `perChannel` as `[N, C, elements]`.
 */
export function groupNorm(
  e: Emitter,
  x: string,
  {
    groups,
    epsilon,
    perGroup = (y) => y,
    perChannel,
  }: {
    readonly groups: number;
    readonly epsilon: number;
    readonly perGroup?: (y: string) => string;
    readonly perChannel?: (y: string) => string;
  },
): string {
  const shape = e.one('Shape', [x], {});
  const beyond = e.one('Slice', [shape, e.ints([2]), e.ints([MANY]), e.ints([0])], {});
  const elements = e.one('Reduce', [beyond], { kind: 'prod', axes: [0], keepDims: true });
  const images = reorder(e, shape, [0]);
  // Groups are of whole channels: of others the elements do not add up, which is refused.
  const each = e.binary('mul', e.binary('div', reorder(e, shape, [1]), e.ints([groups])), elements);
  const view = (value: string, extents: readonly string[]): string => {
    return e.one('Reshape', [value, e.one('Concat', extents, { axis: 0 })], { allowZero: true });
  };
  const grouped = perGroup(standardise(e, view(x, [images, e.ints([groups]), each]), [2], epsilon).y);
  const scaled = perChannel?.(view(grouped, [reorder(e, shape, [0, 1]), elements])) ?? grouped;
  return e.one('Reshape', [scaled, shape], { allowZero: true });
}

/** x `[N, C, …S]` standardised in every channel of every image; scale and bias are `[C]`. */
export function instanceNorm(
  e: Emitter,
  x: string,
  { rank, ...spec }: Omit<NormSpec, 'axes'> & { readonly rank: number },
): string {
  const axes = range(rank - 2).map((i) => i + 2);
  const perChannel = (value: string): string => e.one('Unsqueeze', [value], { axes: axes.map((axis) => axis - 1) });
  return layerNorm(e, x, { axes, epsilon: spec.epsilon, scale: perChannel(spec.scale), bias: perChannel(spec.bias) }).y;
}

/** More than a tensor has dimensions. */
const MANY = 2 ** 31 - 1;

/** The smallest normal float32. */
const SMALLEST = 2 ** -126;

/** x divided by its L1 or L2 norm along `axis`, or by `least` where that is more: so it is 0 where the norm is 0. */
export function lpNorm(
  e: Emitter,
  x: string,
  { p, axis, least = SMALLEST }: { readonly p: 1 | 2; readonly axis: number; readonly least?: number },
): string {
  const norm = e.one('Reduce', [x], { kind: p === 1 ? 'l1' : 'l2', axes: [axis], keepDims: true });
  const activation = { kind: 'clip', alpha: least, beta: Infinity } as const;
  return e.binary('div', x, e.one('Activation', [norm], { activation }));
}

/** 0, 1, … below an extent, a list of one; int64. */
export function countTo(e: Emitter, extent: string): string {
  const limit = e.one('Squeeze', [extent], { axes: [0] });
  return e.one('Range', [e.scalar('int64', 0), limit, e.scalar('int64', 1)], {});
}

/** 0, 1, … below an int64 scalar; none for 0, and an error below that, since a step of 0 is one. */
export function checkedCount(e: Emitter, limit: string): string {
  const step = e.one('Cast', [e.binary('greaterOrEqual', limit, e.scalar('int64', 0))], { to: 'int64' });
  return e.one('Range', [e.scalar('int64', 0), limit, step], {});
}

/** `values[order[0]], values[order[1]], …` of a 1-D value. */
export function reorder(e: Emitter, values: string, order: readonly number[]): string {
  return e.one('Gather', [values, e.ints(order)], { axis: 0 });
}

/**
 * `[N, H, W, C]` → `[N, H·b, W·b, C/b²]`. Channels are counted by block row, block column, new channel (DCR), or, with
 * `channelsOuter`, by new channel, block row, block column (CRD).
 */
export function spreadBlocks(e: Emitter, x: string, b: number, channelsOuter = false): string {
  const cells = e.binary('div', e.one('Shape', [x], {}), e.ints([1, 1, 1, b * b]));
  const parts = e.one('Concat', [cells, e.ints([b])], { axis: 0 });
  const split = e.reshapeTo(x, reorder(e, parts, channelsOuter ? [0, 1, 2, 3, 4, 4] : [0, 1, 2, 4, 4, 3]));
  const moved = e.main('Transpose', [split], { perm: channelsOuter ? [0, 1, 4, 2, 5, 3] : [0, 1, 3, 2, 4, 5] });
  return e.reshapeTo(moved, e.binary('mul', cells, e.ints([1, b, b, 1])));
}

/** `[N, H, W, C]` → `[N, H/b, W/b, C·b²]`, channels counted by block row, block column, old channel. */
export function gatherBlocks(e: Emitter, x: string, b: number): string {
  const cells = e.binary('div', e.one('Shape', [x], {}), e.ints([1, b, b, 1]));
  const parts = e.one('Concat', [cells, e.ints([b])], { axis: 0 });
  const split = e.reshapeTo(x, reorder(e, parts, [0, 1, 4, 2, 4, 3]));
  const moved = e.main('Transpose', [split], { perm: [0, 1, 3, 2, 4, 5] });
  return e.reshapeTo(moved, e.binary('mul', cells, e.ints([1, 1, 1, b * b])));
}

/** What stands where an index is and where none is (scalars), and how many dimensions of the indices come behind the new one. */
export interface OneHotSpec {
  readonly on: string;
  readonly off: string;
  readonly behind?: number;
}

/** Integer indices along a new axis of `depth`: `on` where they equal the position, `off` elsewhere. */
export function oneHotOf(e: Emitter, indices: string, depth: number, { on, off, behind = 0 }: OneHotSpec): string {
  const classes = e.constant(tensorOf('int32', [depth, ...range(behind).fill(1)], range(depth)));
  const each = e.one('Unsqueeze', [indices], { axes: [-1 - behind] });
  return e.one('Where', [e.binary('equal', each, classes), on, off], {});
}

/**
 * The same of int64 indices that may count from the end, by a depth that is computed, an int64 vector of one. A negative depth is
 * refused once it is known.
 */
export function oneHotBy(e: Emitter, indices: string, depth: string, { on, off, behind = 0 }: OneHotSpec): string {
  const zero = e.scalar('int64', 0);
  const count = e.reshape(depth, []);
  const counted = e.one('Range', [zero, count, e.scalar('int64', 1)], {});
  // Of a negative depth there is no such shape, though there is a range of none.
  const classes = e.one('Unsqueeze', [e.one('Expand', [counted, depth], {})], {
    axes: range(behind).map((i) => i + 1),
  });
  const fromEnd = e.binary('add', indices, count);
  const places = e.one('Where', [e.binary('less', indices, zero), fromEnd, indices], {});
  const each = e.one('Unsqueeze', [places], { axes: [-1 - behind] });
  return e.one('Where', [e.binary('equal', each, classes), on, off], {});
}

/** The number of elements, an int64 scalar. */
export function sizeOf(e: Emitter, x: string): string {
  return e.one('Reduce', [e.one('Shape', [x], {})], { kind: 'prod', axes: [], keepDims: false });
}
