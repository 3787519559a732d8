/** Small lists of integers, some of which are extents that depend on data: what a file makes of a Shape, followed and computed with. */
import { axesOrAll, broadcastShapes } from '../../core/broadcast.ts';
import type { DType } from '../../core/dtype.ts';
import { Lazy } from '../../core/on-demand.ts';
import { elementCount, tensorOf } from '../../core/tensor.ts';
import { isOp } from '../../ir/is-op.ts';
import type { BinaryKind, Node, NodeOf } from '../../ir/ops.ts';
import type { Operand, Operands } from '../../ops/definition.ts';
import { readBroadcast } from '../../ops/lib/elementwise.ts';
import { definitionOf } from '../../ops/registry.ts';
import { at, range } from '../../util/arrays.ts';
import {
  extentOf,
  inverted,
  isKnown,
  isLess,
  isSame,
  limitsOf,
  minus,
  sum,
  underOf,
  type Item,
  type Items,
} from './item.ts';
import type { NodeWriter } from './node-writer.ts';

/** The int32 scalar that an item is: its count where nothing is added. */
export function writtenItem(w: NodeWriter, item: Item): string {
  if (typeof item === 'number') return w.scalar('int32', item);
  const { count, sign, plus } = item;
  if (sign > 0 && plus === 0) return count;
  const name = sign < 0 ? w.binary('sub', w.scalar('int32', plus), count) : w.counted('add', count, plus);
  w.items.set(name, { shape: [], items: [item] });
  return name;
}

/** The smaller of two items, which may be a count of its own; nothing where that may be negative. */
export function smaller(w: NodeWriter, a: Item, b: Item): Item | undefined {
  const [[leastA, mostA], [leastB, mostB]] = [limitsOf(a), limitsOf(b)];
  if (mostA <= leastB || isSame(a, b) || underOf(a).some((item) => isSame(item, b))) return a;
  if (mostB <= leastA || underOf(b).some((item) => isSame(item, a))) return b;
  if (leastA < 0 || leastB < 0) return undefined;
  const count = w.binary('min', writtenItem(w, a), writtenItem(w, b));
  return { count, most: Math.min(mostA, mostB), sign: 1, plus: 0, under: [a, b, ...underOf(a), ...underOf(b)] };
}

function combined(w: NodeWriter, kind: BinaryKind, a: Item, b: Item): Item | undefined {
  switch (kind) {
    case 'add':
      return sum(a, b);
    case 'sub':
      return sum(a, minus(b));
    case 'min':
      return smaller(w, a, b);
    case 'max':
      if (limitsOf(a)[0] >= limitsOf(b)[1]) return a;
      return limitsOf(b)[0] >= limitsOf(a)[1] ? b : undefined;
    case 'mul':
      if (typeof a === 'number' && typeof b === 'number') return a * b;
      return a === 1 ? b : b === 1 ? a : undefined;
    case 'equal':
      if (typeof a === 'number' && typeof b === 'number') return Number(a === b);
      return limitsOf(a)[0] > limitsOf(b)[1] || limitsOf(b)[0] > limitsOf(a)[1] ? 0 : undefined;
    case 'less':
      return isLess(a, b);
    case 'greater':
      return isLess(b, a);
    case 'lessOrEqual':
      return inverted(isLess(b, a));
    case 'greaterOrEqual':
      return inverted(isLess(a, b));
    default:
      return undefined;
  }
}

/** Two lists, of which the first may be the smaller: how a file may write a minimum is a < b ? a : b. */
type Comparison = readonly [smaller: Items, other: Items];

/** What is known of a walk's values. */
export interface KnownItems {
  readonly items: Map<string, Items>;
  /** Integers of which each is 0 or 1. */
  readonly flags: Set<string>;
  /** Of conditions that are true where an item is smaller than another, or no larger. */
  readonly comparisons: Map<string, Comparison>;
}

/** One of two lists, by a condition that is known, or the smaller of both. */
function chosen(
  w: NodeWriter,
  comparison: Comparison | undefined,
  given: readonly (Items | undefined)[],
): Items | undefined {
  const [condition, a, b] = given;
  if (!a || !b) return undefined;
  if (condition) {
    return zipped([condition, a, b], ([is, x, y]) => (typeof is === 'number' ? (is === 0 ? y : x) : undefined));
  }
  if (!comparison) return undefined;
  return zipped([...comparison, a, b], ([less = 0, more = 0, x = 0, y = 0]) =>
    isSame(less, x) && isSame(more, y) ? smaller(w, x, y) : undefined,
  );
}

/** The items of a node's output, `given` those of its inputs: of what moves them, and of some arithmetic. */
export function itemsAfter(
  w: NodeWriter,
  node: Node,
  operands: Operands,
  given: readonly (Items | undefined)[],
  { comparisons, flags }: KnownItems,
): Items | undefined {
  const [x, y] = given;
  const [input = ''] = node.inputs;
  const [output = ''] = node.outputs;
  if (isOp(node, 'Shape')) return extentsOf(operands);
  if (isOp(node, 'Where')) return chosen(w, comparisons.get(input), given);
  if (isOp(node, 'Cast') && operands[0]?.dtype === 'bool' && isWide(node.attributes.to)) flags.add(output);
  if (isOp(node, 'Reduce') && flags.has(input) && operands[0]) return numberOf(w, node, operands[0]);
  if (given.every((items) => !items || isKnown(items))) return undefined;
  if (isOp(node, 'Cast')) return isWide(node.attributes.to) ? x : undefined;
  if (isOp(node, 'Binary') && x && y) {
    const { kind, activation } = node.attributes;
    if (activation.kind !== 'none') return undefined;
    if (kind.startsWith('less')) comparisons.set(output, [x, y]);
    if (kind.startsWith('greater')) comparisons.set(output, [y, x]);
    return zipped([x, y], ([a = 0, b = 0]) => combined(w, kind, a, b));
  }
  if (isOp(node, 'Reduce')) {
    if (!x || node.attributes.kind !== 'min' || x.shape.length > 1) return undefined;
    const [first, ...others] = x.items;
    const least = others.reduce((a: Item | undefined, b) => (a === undefined ? a : smaller(w, a, b)), first);
    return least === undefined ? undefined : { shape: node.attributes.keepDims ? [1] : [], items: [least] };
  }
  return moved(node, operands, given);
}

/** How many of a list are 1. */
function numberOf(w: NodeWriter, { attributes, inputs, outputs }: NodeOf<'Reduce'>, x: Operand): Items | undefined {
  const { kind, axes, keepDims } = attributes;
  if (kind !== 'sum' || x.shape.length !== 1 || axesOrAll(axes, 1).length === 0) return undefined;
  const [ones = ''] = inputs;
  const [output = ''] = outputs;
  const isCount = x.dtype === 'int32' && !keepDims;
  const own = (): string =>
    w.one('Reduce', [w.one('Cast', [ones], { to: 'int32' })], { ...attributes, keepDims: false });
  const rows = extentOf(x, 0);
  const count = { count: isCount ? output : own(), most: limitsOf(rows)[1], sign: 1, plus: 0, under: [rows] } as const;
  return { shape: keepDims ? [1] : [], items: [count] };
}

/** Types that hold every extent as it is. */
function isWide(dtype: DType): boolean {
  return dtype === 'int64' || dtype === 'int32' || dtype === 'uint32' || dtype === 'float32';
}

function extentsOf([x]: Operands): Items | undefined {
  if (!x?.bounded) return undefined;
  return { shape: [x.shape.length], items: x.shape.map((_, axis) => extentOf(x, axis)) };
}

/** Item by item of lists that are broadcast; nothing where one item is not known. */
function zipped(lists: readonly Items[], make: (items: readonly Item[]) => Item | undefined): Items | undefined {
  const shape = broadcastShapes(...lists.map((list) => list.shape));
  const places = lists.map(({ shape: own, items }) =>
    readBroadcast(tensorOf('int32', own, [...items.keys()]), { dtype: 'int32', shape }),
  );
  const items = range(elementCount(shape)).map((i) => make(lists.map((list, k) => at(list.items, at(places, k)(i)))));
  return items.every((item) => item !== undefined) ? { shape, items } : undefined;
}

/** Of operators that move elements: where each item comes from is what they make of the items' numbers. */
function moved(node: Node, operands: Operands, given: readonly (Items | undefined)[]): Items | undefined {
  const definition = definitionOf(node.op);
  const carriers = isOp(node, 'Concat') ? given : given.slice(0, 1);
  const moves = ['Concat', 'Gather', 'Slice', 'Reshape', 'Squeeze', 'Unsqueeze', 'Identity', 'Transpose', 'Flatten'];
  if (!moves.includes(node.op) || definition.reference instanceof Lazy || carriers.includes(undefined))
    return undefined;
  const all = carriers.flatMap((items) => items?.items ?? []);
  let first = 0;
  const numbered = operands.map((operand, i) => {
    const items = carriers[i];
    if (!items) return operand;
    const value = tensorOf(
      'int64',
      items.shape,
      items.items.map((_, k) => first + k),
    );
    first += items.items.length;
    return { ...value, value };
  });
  const others = numbered.slice(carriers.length);
  if (others.some((operand) => operand && !operand.value)) return undefined;
  const outputs = definition.infer(node, numbered);
  const [result] = definition.reference(
    node,
    numbered.map((operand) => operand?.value),
    outputs,
  );
  return result && { shape: result.shape, items: Array.from(result.data, (k) => all[k] ?? 0) };
}
