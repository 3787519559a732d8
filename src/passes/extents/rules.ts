/**
 * Operators along an extent that depends on data, said by others: a part of it has a count of its own, rows that are picked are
 * counted from its end, and whatever looks at all of it is given a number that changes nothing behind the end.
 */
import { axesOrAll, normalizeAxis } from '../../core/broadcast.ts';
import { isFloat, type DType } from '../../core/dtype.ts';
import { elementCount, tensorOf, type Shape } from '../../core/tensor.ts';
import { NO_ACTIVATION, type Node, type NodeOf, type ReduceKind } from '../../ir/ops.ts';
import type { Operand, Operands } from '../../ops/definition.ts';
import { checkIndices } from '../../ops/index/gather.ts';
import { at, product, range } from '../../util/arrays.ts';
import type { Items } from './item.ts';
import type { NodeWriter } from './node-writer.ts';

/** What rules see of a node: its operands, and their items where they are small integers. */
export interface Seen {
  readonly operands: Operands;
  readonly items: readonly (Items | undefined)[];
}

/** Writes what stands for a node; false where the node stays. */
export type ExtentRule<K extends Node['op']> = (w: NodeWriter, node: NodeOf<K>, seen: Seen) => boolean;

/** An operand whose extent along `axis` depends on data. */
export interface BoundOperand extends Operand {
  readonly bounded: NonNullable<Operand['bounded']>;
}

/** True of an operand with such an extent. */
export function isBound(operand: Operand | undefined): operand is BoundOperand {
  return operand?.bounded !== undefined;
}

/** As many rows as there may be, on both backends: behind the last it stands again. */
export function everyRow(
  w: NodeWriter,
  x: string,
  { shape, bounded: { axis, count } }: BoundOperand,
  output?: string,
): string {
  const extent = at(shape, axis);
  return w.one('Gather', [x, w.constant(tensorOf('int32', [extent], range(extent))), count], { axis }, output);
}

/** Which rows there are, of as many as there may be: bools of this shape. */
export function rowsThere(w: NodeWriter, shape: Shape, count: string): string {
  return w.binary('less', w.constant(tensorOf('int32', shape, range(elementCount(shape)))), count);
}

/** Those rows, of which those behind the last are `fill`. */
export function filledRows(w: NodeWriter, x: string, { dtype, shape, bounded }: BoundOperand, fill: string): string {
  const all = everyRow(w, x, { dtype, shape, bounded });
  const column = shape.slice(bounded.axis).map((extent, i) => (i === 0 ? extent : 1));
  const isThere = rowsThere(w, column, bounded.count);
  return dtype === 'bool'
    ? w.one('Binary', [isThere, all], { kind: 'and', activation: NO_ACTIVATION })
    : w.one('Where', [isThere, all, fill], {});
}

/** Picked rows, or elements, are some of those that there are; what is picked has the extents of the indices. */
export const pickAlong: ExtentRule<'Gather' | 'GatherElements'> = (w, node, { operands: [x, indices] }) => {
  const { attributes, inputs } = node;
  if (!isBound(x) || !indices || inputs[2] !== undefined) return false;
  const { axis, count } = x.bounded;
  if (normalizeAxis(attributes.axis, x.shape.length) !== axis) return false;
  checkIndices(indices, [at(x.shape, axis)]);
  w.again(node, at(inputs, 0), at(inputs, 1), count);
  return true;
};

/** The same of several indices, one of which goes into the extent that depends on data. */
export const pickSlices: ExtentRule<'GatherND'> = (w, node, { operands: [x, indices] }) => {
  if (!isBound(x) || !indices || node.inputs[2] !== undefined) return false;
  const { axis, count } = x.bounded;
  const first = node.attributes.batchDims;
  const extents = x.shape.slice(first, first + (indices.shape.at(-1) ?? 0));
  if (axis < first || axis >= first + extents.length) return false;
  checkIndices(indices, extents);
  const parts = extents.map((extent, i) =>
    i === axis - first
      ? w.one('Reshape', [count, w.ints(1)], { allowZero: false })
      : w.constant(tensorOf('int32', [1], [extent])),
  );
  w.again(node, at(node.inputs, 0), at(node.inputs, 1), w.one('Concat', parts, { axis: 0 }));
  return true;
};

/** Boxes behind the last have no score. */
export const suppressRows: ExtentRule<'NonMaxSuppression'> = (w, node, { operands: [boxes, scores, most], items }) => {
  const [b = '', s = '', limit = '', overlap = '', score = ''] = node.inputs;
  const unknown = most && !most.value;
  const limits = items[2]?.items[0];
  const largest = unknown && typeof limits === 'object' && limits.sign === 1 ? limits : undefined;
  const fit =
    isBound(boxes) &&
    isBound(scores) &&
    boxes.bounded.axis === 1 &&
    scores.bounded.axis === 2 &&
    boxes.bounded.count === scores.bounded.count &&
    // As many as there are boxes is no limit.
    (!unknown || (largest && largest.count === boxes.bounded.count && largest.plus >= 0));
  if (!fit) return false;
  const own = [
    filledRows(w, b, boxes, w.scalar(boxes.dtype, 0)),
    filledRows(w, s, scores, w.scalar(scores.dtype, NaN)),
    unknown ? w.ints(at(boxes.shape, 1)) : limit,
  ];
  w.again(node, ...own, overlap, score, boxes.bounded.count);
  return true;
};

/** What changes nothing of a reduction. A mean has no such number, but a sum. */
function neutral(kind: ReduceKind, dtype: DType): number | undefined {
  if (!isFloat(dtype) && dtype !== 'int64' && dtype !== 'int32') return undefined;
  const [lowest, highest] = isFloat(dtype) ? [-Infinity, Infinity] : [-(2 ** 31), 2 ** 31 - 1];
  switch (kind) {
    case 'max':
    case 'logSumExp':
      return lowest;
    case 'min':
      return highest;
    case 'prod':
      return 1;
    case 'mean':
      return undefined;
    default:
      return 0;
  }
}

/** Rows behind the last are what changes nothing of the reduction; means, and reductions of other axes, stay. */
export const reduceRows: ExtentRule<'Reduce'> = (w, node, { operands: [x] }) => {
  const { attributes, inputs, outputs } = node;
  if (!isBound(x)) return false;
  const axes = axesOrAll(attributes.axes, x.shape.length);
  if (!axes.includes(x.bounded.axis)) return false;
  const isMean = attributes.kind === 'mean' && isFloat(x.dtype);
  const fill = neutral(isMean ? 'sum' : attributes.kind, x.dtype);
  if (fill === undefined) return false;
  const rows = filledRows(w, at(inputs, 0), x, w.scalar(x.dtype, fill));
  if (!isMean) {
    w.again(node, rows);
    return true;
  }
  const each = product(axes.map((axis) => (axis === x.bounded.axis ? 1 : at(x.shape, axis))));
  const summands = w.one('Cast', [w.counted('mul', x.bounded.count, each)], { to: x.dtype });
  const sum = w.one('Reduce', [rows], { ...attributes, kind: 'sum' });
  w.node('Binary', [sum, summands], { kind: 'div', activation: NO_ACTIVATION }, outputs);
  return true;
};

/** The first of the extremes: the last row again is none. Where the last is asked for, it stands for that row. */
export const extremeRows: ExtentRule<'ArgReduce'> = (w, node, { operands: [x] }) => {
  if (!isBound(x) || normalizeAxis(node.attributes.axis, x.shape.length) !== x.bounded.axis) return false;
  const rows = everyRow(w, at(node.inputs, 0), x);
  if (!node.attributes.last) {
    w.again(node, rows);
    return true;
  }
  const index = w.one(node.op, [rows], node.attributes);
  const most = w.one('Cast', [w.counted('sub', x.bounded.count, 1)], { to: node.attributes.dtype });
  w.node('Binary', [index, most], { kind: 'min', activation: NO_ACTIVATION }, node.outputs);
  return true;
};

/** Rows behind the last are zero, and so found nowhere. */
export const whereNotZero: ExtentRule<'NonZero'> = (w, node, { operands: [x] }) => {
  if (!isBound(x)) return false;
  w.again(node, filledRows(w, at(node.inputs, 0), x, x.dtype === 'bool' ? '' : w.scalar(x.dtype, 0)));
  return true;
};

/** Rows behind the last meet no condition. */
export const chooseRows: ExtentRule<'Compress'> = (w, node, { operands: [x, condition] }) => {
  if (!x || (!isBound(x) && !isBound(condition))) return false;
  const axis = normalizeAxis(node.attributes.axis, x.shape.length);
  if (isBound(x) && (x.bounded.axis !== axis || x.bounded.count !== condition?.bounded?.count)) return false;
  const [all = '', mask = ''] = node.inputs;
  w.again(node, isBound(x) ? everyRow(w, all, x) : all, isBound(condition) ? filledRows(w, mask, condition, '') : mask);
  return true;
};

/** Padded up to a number of rows that does not depend on data. */
export const padRows: ExtentRule<'Pad'> = (w, node, { operands: [x, pads, value], items }) => {
  const { attributes, inputs } = node;
  const own = items[1];
  // Rows of bools are filled with false.
  const fills = isBound(x) && attributes.mode === 'constant' && (x.dtype !== 'bool' || !value);
  if (!fills || !own || pads?.value) return false;
  const { axis, count } = x.bounded;
  const place = axis + x.shape.length;
  const behind = own.items[place];
  if (typeof behind !== 'object' || behind.count !== count || behind.sign !== -1) return false;
  const numbers = own.items.with(place, behind.plus - at(x.shape, axis));
  if (!numbers.every((item) => typeof item === 'number') || (value && elementCount(value.shape) !== 1)) return false;
  const [all = '', , given = ''] = inputs;
  const fill = given === '' ? w.scalar(x.dtype, 0) : w.one('Reshape', [given, w.ints()], { allowZero: false });
  w.again(node, filledRows(w, all, x, fill), w.ints(...numbers), given);
  return true;
};
