/** Operators whose lists of integers, bounds or shapes, hold extents that depend on data. */
import { normalizeAxes, normalizeAxis } from '../../core/broadcast.ts';
import { isFloat } from '../../core/dtype.ts';
import { tensorOf } from '../../core/tensor.ts';
import type { Operand } from '../../ops/definition.ts';
import { definitionOf } from '../../ops/registry.ts';
import { resolveReshape } from '../../ops/shape/reshape.ts';
import { at, product, range } from '../../util/arrays.ts';
import { extentOf, limitsOf, sum, type Counted, type Item, type Items } from './item.ts';
import { smaller, writtenItem } from './items.ts';
import type { NodeWriter } from './node-writer.ts';
import { everyRow, filledRows, isBound, rowsThere, type BoundOperand, type ExtentRule } from './rules.ts';

/** The first of x along an axis, as many as the item says. */
export function firstOf(w: NodeWriter, x: string, axis: number, count: Item, output: string): void {
  part(w, x, { axis, start: 0, end: limitsOf(count)[1], count: writtenItem(w, count) }, output);
}

interface CountedPart {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  /** How many there are. */
  readonly count: string;
}

function part(w: NodeWriter, x: string, { axis, start, end, count }: CountedPart, output: string): void {
  w.one('Slice', [x, w.ints(start), w.ints(end), w.ints(axis), w.ints(1), count], {}, output);
}

/** One entry of a Slice. */
interface Entry {
  readonly axis: number;
  readonly start: number;
  readonly end: Item;
  readonly step: number;
}

function entriesOf(
  { shape }: Operand,
  [, starts, ends, axes, steps]: readonly (Items | undefined)[],
): Entry[] | undefined {
  if (!starts || !ends) return undefined;
  const entries = starts.items.map((start, i) => {
    const [axis = i, step = 1, end] = [axes?.items[i], steps?.items[i], ends.items[i]];
    if (typeof start !== 'number' || typeof axis !== 'number' || typeof step !== 'number') return undefined;
    return end === undefined ? undefined : { axis: normalizeAxis(axis, shape.length), start, end, step };
  });
  return entries.every((entry) => entry !== undefined) ? entries : undefined;
}

/** Where a part ends of an extent: not behind it, nor before its beginning. */
function endOf(w: NodeWriter, extent: Item, end: Item): Item | undefined {
  const wanted = typeof end === 'number' && end < 0 ? backFrom(w, extent, end) : end;
  return wanted === undefined || limitsOf(wanted)[0] < 0 ? undefined : smaller(w, extent, wanted);
}

function backFrom(w: NodeWriter, extent: Item, by: number): Item {
  if (typeof extent === 'number') return Math.max(0, extent + by);
  return lessened(w, extent, -by);
}

/** An item less a number, and no less than 0. */
function lessened(w: NodeWriter, item: Item, by: number): Item {
  if (by === 0) return item;
  if (typeof item === 'number') return Math.max(0, item - by);
  const count = w.counted('max', w.counted('sub', writtenItem(w, item), by), 0);
  return { count, most: Math.max(0, limitsOf(item)[1] - by), sign: 1, plus: 0 };
}

/** Entries along what depends on data are parts of their own, forwards without gaps. */
export const sliceRows: ExtentRule<'Slice'> = (w, { inputs, outputs }, { operands: [x], items }) => {
  if (!x || inputs[5] !== undefined) return false;
  const entries = entriesOf(x, items);
  const isCounted = ({ axis, end }: Entry): boolean => typeof end !== 'number' || x.bounded?.axis === axis;
  const counted = entries?.filter(isCounted);
  const [only] = counted ?? [];
  if (!entries || !only || counted?.length !== 1 || only.start < 0 || only.step !== 1) return false;
  const { axis, start } = only;
  const own = extentOf(x, axis);
  const end = endOf(w, own, only.end);
  if (end === undefined || (isBound(x) && typeof own === 'number')) return false;
  const plain = entries.filter((entry) => entry !== only);
  const lists = (key: 'axis' | 'start' | 'end' | 'step'): string => w.ints(...plain.map((entry) => Number(entry[key])));
  const rest =
    plain.length === 0
      ? at(inputs, 0)
      : w.one('Slice', [at(inputs, 0), ...(['start', 'end', 'axis', 'step'] as const).map(lists)], {});
  const most = limitsOf(end)[1];
  part(w, rest, { axis, start, end: most, count: writtenItem(w, lessened(w, end, start)) }, at(outputs, 0));
  return true;
};

/** The place and the count of the only entry of a list that depends on data, alone. */
function onlyCounted(list: Items | undefined): (Counted & { readonly place: number }) | undefined {
  const places = list?.items.flatMap((item, i) => (typeof item === 'number' ? [] : [i])) ?? [];
  const [place = 0] = places;
  const item = list?.items[place];
  if (places.length !== 1 || typeof item !== 'object' || limitsOf(item)[0] < 0) return undefined;
  return { ...item, place };
}

/** The list with another entry in place of the one that depends on data. */
function withEntry({ items }: Items, place: number, entry: number): number[] {
  return items.map((item, i) => (i === place ? entry : Number(item)));
}

export const reshapeRows: ExtentRule<'Reshape'> = (w, node, seen) =>
  keepRows(w, node, seen) || mergeRows(w, node, seen);

/** A shape that has the count of the operand in it asks for what is left. */
const keepRows: ExtentRule<'Reshape'> = (w, node, { operands: [x], items: [, list] }) => {
  const only = onlyCounted(list);
  if (!isBound(x) || !list || !only || !isCountOf(x, only)) return false;
  const most = withEntry(list, only.place, at(x.shape, x.bounded.axis));
  const wanted = resolveReshape(x.shape, most, node.attributes.allowZero).with(only.place, -1);
  w.again(node, at(node.inputs, 0), w.ints(...wanted));
  return true;
};

/** Of rows of several what is left is so many times as many, where as many elements lie before it. */
const mergeRows: ExtentRule<'Reshape'> = (w, node, { operands: [x, shape] }) => {
  if (!isBound(x) || !shape?.value) return false;
  const { axis, count } = x.bounded;
  const most = at(x.shape, axis);
  const wanted = [...shape.value.data];
  const place = wanted.indexOf(-1);
  if (place < 0) return false;
  const to = resolveReshape(x.shape, wanted, node.attributes.allowZero);
  const times = at(to, place) / most;
  const fits = product(to.slice(0, place)) === product(x.shape.slice(0, axis)) && wanted[axis] !== 0;
  if (!fits || times === 1 || !Number.isInteger(times)) return false;
  const whole = w.one('Reshape', [everyRow(w, at(node.inputs, 0), x), w.ints(...to)], { allowZero: true });
  const rows = { count: w.counted('mul', count, times), most: most * times, sign: 1, plus: 0 } as const;
  firstOf(w, whole, place, rows, at(node.outputs, 0));
  return true;
};

/** A matrix, of which what depends on data is what is left. */
export const flattenRows: ExtentRule<'Flatten'> = (w, node, { operands }) => {
  const [x] = operands;
  if (!isBound(x)) return false;
  const split = node.attributes.axis + (node.attributes.axis < 0 ? x.shape.length : 0);
  const { axis } = x.bounded;
  if (product(x.shape.slice(axis < split ? 0 : split, axis)) !== 1) return false;
  const [matrix] = definitionOf(node.op).infer(node, operands);
  const extents = matrix?.shape.with(axis < split ? 0 : 1, -1) ?? [];
  w.node('Reshape', [at(node.inputs, 0), w.ints(...extents)], { allowZero: false }, node.outputs);
  return true;
};

/** True of the extent of x that depends on data. */
function isCountOf({ bounded }: BoundOperand, { count, sign, plus }: Counted): boolean {
  return bounded.count === count && sign === 1 && plus === 0;
}

/** Repeated as often as there may be, of which those that there are stay; along its own extent that is no repeating. */
export const expandRows: ExtentRule<'Expand'> = (w, node, { operands: [x], items: [, list] }) => {
  const only = onlyCounted(list);
  if (!x || !list || !only) return false;
  const [all = ''] = node.inputs;
  // Its own extent stays what it is.
  if (isBound(x)) {
    const own = x.bounded.axis + list.items.length - x.shape.length === only.place;
    if (own && isCountOf(x, only)) w.again(node, all, w.ints(...withEntry(list, only.place, 1)));
    return own && isCountOf(x, only);
  }
  // What is repeated already stays as it is where it is asked for once.
  const axis = only.place + Math.max(0, x.shape.length - list.items.length);
  if ((x.shape.at(only.place - list.items.length) ?? 1) !== 1) return false;
  const most = limitsOf(only)[1];
  const whole = w.one(node.op, [all, w.ints(...withEntry(list, only.place, most))], node.attributes);
  firstOf(w, whole, axis, only, at(node.outputs, 0));
  return true;
};

/** As many as there may be, of which those that there are stay. */
export const constantRows: ExtentRule<'ConstantOfShape'> = (w, node, { items: [list] }) => {
  const only = onlyCounted(list);
  if (!list || !only) return false;
  const most = limitsOf(only)[1];
  const whole = w.one(node.op, [w.ints(...withEntry(list, only.place, most))], node.attributes);
  firstOf(w, whole, only.place, only, at(node.outputs, 0));
  return true;
};

/** 0, 1, … to the last row. */
export const countRows: ExtentRule<'Range'> = (w, { outputs }, { operands: [first], items: [start, limit, delta] }) => {
  const end = limit?.items[0];
  if (!first || typeof end !== 'object' || limitsOf(end)[0] < 0 || start?.items[0] !== 0 || delta?.items[0] !== 1)
    return false;
  const most = limitsOf(end)[1];
  const places = w.constant(tensorOf(first.dtype, [most], range(most)));
  firstOf(w, places, 0, end, at(outputs, 0));
  return true;
};

/** Rows of several that have counts, one after another: all that there may be, less those that are not. */
export const joinRows: ExtentRule<'Concat'> = (w, { attributes, inputs, outputs }, { operands }) => {
  const [first] = operands;
  if (!first) return false;
  const axis = normalizeAxis(attributes.axis, first.shape.length);
  const bounds = operands.flatMap((part) => part?.bounded ?? []);
  if (bounds.length === 0 || bounds.some((bound) => bound.axis !== axis)) return false;
  const parts = inputs.map((x, i) => wholeRows(w, x, at(operands, i), axis));
  const total = operands.reduce((all: Item | undefined, x) => sumOf(w, all, x && extentOf(x, axis)), 0);
  const whole = (key: 'rows' | 'mask', along: number): string =>
    w.one(
      'Concat',
      parts.map((row) => row[key]),
      { axis: along },
    );
  const known = typeof total === 'number';
  const [output = ''] = outputs;
  const [joined, count] = [known ? w.unique('joined') : output, w.unique('count')];
  w.node('Compress', [whole('rows', axis), whole('mask', 0)], { axis }, [joined, count]);
  if (!known) return true;
  // There are always as many: what is padded up to a number of rows.
  everyRow(w, joined, { ...first, shape: first.shape.with(axis, total), bounded: { axis, count } }, output);
  return true;
};

/** The sum of two extents, of which the count of one may be a number less that of another. */
function sumOf(w: NodeWriter, all: Item | undefined, extent: Item | undefined): Item | undefined {
  if (all === undefined || extent === undefined) return undefined;
  const own = typeof extent === 'number' ? extent : (w.items.get(extent.count)?.items[0] ?? extent);
  return sum(all, own);
}

/** All rows that there may be, and which are. */
function wholeRows(
  w: NodeWriter,
  x: string,
  operand: Operand | undefined,
  axis: number,
): { rows: string; mask: string } {
  const extent = operand?.shape[axis] ?? 0;
  if (isBound(operand)) return { rows: everyRow(w, x, operand), mask: rowsThere(w, [extent], operand.bounded.count) };
  const all = range(extent).map(() => 1);
  return { rows: x, mask: w.constant(tensorOf('bool', [extent], all)) };
}

/**
 * The best of all rows: none behind the last is among them, since k is no more than these. Of fewer rows than are asked for these
 * are the best.
 */
export const bestRows: ExtentRule<'TopK'> = (w, node, { operands, items: [, k] }) => {
  const [x] = operands;
  const { attributes, inputs, outputs } = node;
  const wanted = k?.items[0];
  if (!x || wanted === undefined || limitsOf(wanted)[0] < 0 || !isFloat(x.dtype)) return false;
  const axis = normalizeAxis(attributes.axis, x.shape.length);
  if (isBound(x) && x.bounded.axis !== axis) return false;
  // More than there may be are refused.
  if (typeof wanted === 'number') definitionOf(node.op).infer(node, operands);
  const count = smaller(w, extentOf(x, axis), wanted);
  if (count === undefined) return false;
  const most = limitsOf(count)[1];
  // NaN counts as the largest.
  const fill = w.scalar(x.dtype, attributes.largest ? -Infinity : NaN);
  const all = isBound(x) ? filledRows(w, at(inputs, 0), x, fill) : at(inputs, 0);
  const names = outputs.map(() => w.unique('best'));
  w.node(node.op, [all, w.ints(most)], attributes, names);
  outputs.forEach((output, i) => {
    if (output !== '') firstOf(w, at(names, i), axis, count, output);
  });
  return true;
};

/** Rows behind the last have no share. */
export const shareRows: ExtentRule<'Softmax'> = (w, { attributes, inputs, outputs }, { operands: [x] }) => {
  if (!isBound(x) || !normalizeAxes(attributes.axes, x.shape.length).includes(x.bounded.axis)) return false;
  const rows = filledRows(w, at(inputs, 0), x, w.scalar(x.dtype, -Infinity));
  const { axis } = x.bounded;
  firstOf(w, w.one('Softmax', [rows], attributes), axis, extentOf(x, axis), at(outputs, 0));
  return true;
};
