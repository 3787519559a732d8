/**
 * Einstein summation by operators that there are: operands are multiplied from left to right, each pair as a matrix product
 * where it sums over something, and a label is summed as soon as nothing that follows has it.
 */
import { isFloat, type DType } from '../../core/dtype.ts';
import { NO_ACTIVATION } from '../../ir/ops.ts';
import { range, sameArray } from '../../util/arrays.ts';
import { reorder } from './composites.ts';
import type { Emitter } from './emitter.ts';
import { readEquation, type Labels } from './einsum-equation.ts';

/** An operand: what is known of it at import. */
export interface EinsumOperand {
  readonly value: string;
  readonly rank: number | undefined;
  readonly dtype: DType | undefined;
}

/** A value and a label for each of its dimensions, no two the same. */
interface Labelled {
  readonly value: string;
  readonly labels: Labels;
}

/**
 * The sum of products that `equation` says. Operands have one element type; an extent of 1 is broadcast to what another
 * operand has under its label. Fails and refuses as `readEquation` does.
 */
export function einsumOf(e: Emitter, equation: string, operands: readonly EinsumOperand[]): string {
  const read = readEquation(
    e,
    equation,
    operands.map(({ rank }) => rank),
  );
  const types = operands.flatMap(({ dtype }) => dtype ?? []);
  const real = types.every(isFloat);
  const terms = operands.map(({ value }, i) => diagonals(e, value, read.operands[i] ?? []));
  const needed = (from: number): Set<string> => {
    return new Set([...read.output, ...terms.slice(from).flatMap(({ labels }) => labels)]);
  };
  const [first = { value: '', labels: [] }, ...others] = terms;
  const folded = others.reduce((left, right, i) => pairOf(e, left, right, { kept: needed(i + 2), real }), first);
  const sum = summed(e, folded, new Set(read.output));
  // Of an ellipsis that only the result has there are no dimensions.
  return arranged(e, sum, read.output).value;
}

/** The value with one dimension for each label, that along which all indices of the label are the same. */
function diagonals(e: Emitter, value: string, labels: Labels): Labelled {
  const second = labels.findIndex((label, i) => labels.indexOf(label) < i);
  if (second < 0) return { value, labels };
  const label = labels[second] ?? '';
  const first = labels.indexOf(label);
  const others = range(labels.length).filter((i) => i !== first && i !== second);
  const moved = transposed(e, value, [...others, first, second]);
  const shape = e.one('Shape', [moved], {});
  const count = reorder(e, shape, [others.length]);
  const square = e.binary('mul', count, count);
  const flat = e.one('Reshape', [moved, listOf(e, [reorder(e, shape, range(others.length)), square])], {
    allowZero: true,
  });
  const step = e.binary('add', count, e.ints([1]));
  const diagonal = e.one('Slice', [flat, e.ints([0]), square, e.ints([-1]), step], {});
  return diagonals(e, diagonal, [...others.map((i) => labels[i] ?? ''), label]);
}

/** A transposition, where it moves anything. */
function transposed(e: Emitter, value: string, perm: readonly number[]): string {
  return perm.every((from, to) => from === to) ? value : e.one('Transpose', [value], { perm });
}

/** The value with dimensions in this order, of which it has all. */
function arranged(e: Emitter, { value, labels }: Labelled, order: Labels): Labelled {
  const perm = order.map((label) => labels.indexOf(label));
  return { value: transposed(e, value, perm), labels: order };
}

/** Sums over what is not kept. */
function summed(e: Emitter, { value, labels }: Labelled, kept: ReadonlySet<string>): Labelled {
  const axes = range(labels.length).filter((i) => !kept.has(labels[i] ?? ''));
  if (axes.length === 0) return { value, labels };
  const sum = e.one('Reduce', [value], { kind: 'sum', axes, keepDims: false });
  return { value: sum, labels: labels.filter((label) => kept.has(label)) };
}

interface PairSpec {
  /** Labels that the result or a later operand has. */
  readonly kept: ReadonlySet<string>;
  /** Floats, which matrix products are of. */
  readonly real: boolean;
}

/** Σ left·right over the labels that are not kept. */
function pairOf(e: Emitter, left: Labelled, right: Labelled, { kept, real }: PairSpec): Labelled {
  const a = summed(e, left, new Set([...kept, ...right.labels]));
  const b = summed(e, right, new Set([...kept, ...left.labels]));
  const over = a.labels.filter((label) => !kept.has(label));
  if (over.length > 0 && real) return matrixProductOf(e, a, b, over);
  const labels = [...a.labels, ...b.labels.filter((label) => !a.labels.includes(label))];
  const value = e.binary('mul', spread(e, a, labels), spread(e, b, labels));
  return summed(e, { value, labels }, kept);
}

/** The value with a dimension for each of the labels, of one element where it has none. */
function spread(e: Emitter, x: Labelled, labels: Labels): string {
  const own = labels.filter((label) => x.labels.includes(label));
  const { value } = arranged(e, x, own);
  const axes = range(labels.length).filter((i) => !own.includes(labels[i] ?? ''));
  return axes.length === 0 ? value : e.one('Unsqueeze', [value], { axes });
}

/** Labels that both have are batches, but for `over`, along which the rows of one meet the columns of the other. */
function matrixProductOf(e: Emitter, a: Labelled, b: Labelled, over: Labels): Labelled {
  const batch = a.labels.filter((label) => b.labels.includes(label) && !over.includes(label));
  const own = (x: Labelled, other: Labelled): Labels => x.labels.filter((label) => !other.labels.includes(label));
  const [rows, columns] = [own(a, b), own(b, a)];
  const [left, right] = [asLongAs(e, a, b, over), asLongAs(e, b, a, over)];
  const transA = rows.length > 0 && sameArray(a.labels, [...batch, ...over, ...rows]);
  const transB = columns.length > 0 && sameArray(b.labels, [...batch, ...columns, ...over]);
  const x = matrices(e, left, batch, transA ? [over, rows] : [rows, over]);
  const w = matrices(e, right, batch, transB ? [columns, over] : [over, columns]);
  const y = e.one('MatMul', [x, w], { transA, transB, activation: NO_ACTIVATION });
  const labels = [...batch, ...rows, ...columns];
  if (rows.length === 1 && columns.length === 1) return { value: y, labels };
  const extents = (value: string, { labels: all }: Labelled, some: Labels): string => {
    return reorder(
      e,
      e.one('Shape', [value], {}),
      some.map((label) => all.indexOf(label)),
    );
  };
  const batches = reorder(e, e.one('Shape', [y], {}), range(batch.length));
  const shape = listOf(e, [batches, extents(a.value, a, rows), extents(b.value, b, columns)]);
  return { value: e.one('Reshape', [y, shape], { allowZero: true }), labels };
}

/** x repeated along labels of which it has one element and the other more. */
function asLongAs(e: Emitter, x: Labelled, other: Labelled, over: Labels): Labelled {
  const shape = e.one('Shape', [other.value], {});
  const extents = x.labels.map((label) => {
    return over.includes(label) ? reorder(e, shape, [other.labels.indexOf(label)]) : e.ints([1]);
  });
  return { ...x, value: e.one('Expand', [x.value, listOf(e, extents)], {}) };
}

/** `[…batch, product of the first, product of the second]`. */
function matrices(e: Emitter, x: Labelled, batch: Labels, pair: readonly [Labels, Labels]): string {
  const { value, labels } = arranged(e, x, [...batch, ...pair.flat()]);
  if (pair.every(({ length }) => length === 1)) return value;
  const shape = e.one('Shape', [value], {});
  const places = (some: Labels): number[] => some.map((label) => labels.indexOf(label));
  const count = (some: Labels): string => {
    if (some.length === 0) return e.ints([1]);
    const extents = reorder(e, shape, places(some));
    return some.length === 1 ? extents : e.one('Reduce', [extents], { kind: 'prod', axes: [0], keepDims: true });
  };
  const parts = [reorder(e, shape, places(batch)), ...pair.map(count)];
  return e.one('Reshape', [value, listOf(e, parts)], { allowZero: true });
}

/** Lists one after another. */
function listOf(e: Emitter, lists: readonly string[]): string {
  return e.one('Concat', lists, { axis: 0 });
}
