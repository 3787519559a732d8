/**
 * Small lists of integers, some of which are extents that depend on data: what a file makes of a Shape. Such an item is a count, or
 * a number less a count, or either with something added.
 */
import { broadcastShapes } from '../../core/broadcast.ts';
import { isFloat } from '../../core/dtype.ts';
import { Lazy } from '../../core/on-demand.ts';
import { elementCount, tensorOf, type Shape, type Tensor } from '../../core/tensor.ts';
import { isOp } from '../../ir/is-op.ts';
import type { BinaryKind, Node } from '../../ir/ops.ts';
import type { Operands } from '../../ops/definition.ts';
import { readBroadcast } from '../../ops/lib/elementwise.ts';
import { definitionOf } from '../../ops/registry.ts';
import type { NodeWriter } from './node-writer.ts';

/** `plus` + `sign` · the value called `count`, which is from 0 to `most`. */
export interface Counted {
  readonly count: string;
  readonly most: number;
  readonly sign: 1 | -1;
  readonly plus: number;
}

export type Item = number | Counted;

/** A tensor of items. */
export interface Items {
  readonly shape: Shape;
  readonly items: readonly Item[];
}

/** No list of extents is longer. */
const LONGEST = 64;

/** The items of a constant. */
export function itemsOf(constant: Tensor | undefined): Items | undefined {
  if (!constant || isFloat(constant.dtype) || elementCount(constant.shape) > LONGEST) return undefined;
  return { shape: constant.shape, items: [...constant.data] };
}

/** The least and the most that an item can be. */
export function limitsOf(item: Item): readonly [least: number, most: number] {
  if (typeof item === 'number') return [item, item];
  const other = item.plus + item.sign * item.most;
  return [Math.min(item.plus, other), Math.max(item.plus, other)];
}

/** The int32 scalar that an item is: its count where nothing is added. */
export function writtenItem(w: NodeWriter, item: Item): string {
  if (typeof item === 'number') return w.constant(tensorOf('int32', [], [item]));
  const { count, sign, plus } = item;
  if (sign < 0) return w.binary('sub', w.constant(tensorOf('int32', [], [plus])), count);
  return plus === 0 ? count : w.counted('add', count, plus);
}

/** The smaller of two items, which may be a count of its own; nothing where that may be negative. */
export function smaller(w: NodeWriter, a: Item, b: Item): Item | undefined {
  const [[leastA, mostA], [leastB, mostB]] = [limitsOf(a), limitsOf(b)];
  if (mostA <= leastB || isSame(a, b)) return a;
  if (mostB <= leastA) return b;
  if (leastA < 0 || leastB < 0) return undefined;
  const count = w.binary('min', writtenItem(w, a), writtenItem(w, b));
  return { count, most: Math.min(mostA, mostB), sign: 1, plus: 0 };
}

export function isSame(a: Item, b: Item): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return a.count === b.count && a.sign === b.sign && a.plus === b.plus;
}

function sum(a: Item, b: Item): Item | undefined {
  if (typeof a === 'number') return typeof b === 'number' ? a + b : { ...b, plus: b.plus + a };
  if (typeof b === 'number') return sum(b, a);
  return a.count === b.count && a.sign !== b.sign ? a.plus + b.plus : undefined;
}

function negated(item: Item): Item {
  return typeof item === 'number' ? -item : { ...item, sign: item.sign === 1 ? -1 : 1, plus: -item.plus };
}

function combined(w: NodeWriter, kind: BinaryKind, a: Item, b: Item): Item | undefined {
  switch (kind) {
    case 'add':
      return sum(a, b);
    case 'sub':
      return sum(a, negated(b));
    case 'min':
      return smaller(w, a, b);
    case 'max':
      if (limitsOf(a)[0] >= limitsOf(b)[1]) return a;
      return limitsOf(b)[0] >= limitsOf(a)[1] ? b : undefined;
    case 'mul':
      if (typeof a === 'number' && typeof b === 'number') return a * b;
      return a === 1 ? b : b === 1 ? a : undefined;
    default:
      return undefined;
  }
}

/** The items of a node's output, given those of its inputs: of what moves them, and of some arithmetic. */
export function itemsAfter(
  w: NodeWriter,
  node: Node,
  operands: Operands,
  given: readonly (Items | undefined)[],
): Items | undefined {
  const [x, y] = given;
  if (isOp(node, 'Shape')) return extentsOf(operands);
  if (!given.some((items) => items?.items.some((item) => typeof item !== 'number'))) return undefined;
  if (isOp(node, 'Cast')) return isFloat(node.attributes.to) ? undefined : x;
  if (isOp(node, 'Binary')) return x && y && arithmetic(w, node.attributes.kind, x, y);
  if (isOp(node, 'Reduce')) {
    if (!x || node.attributes.kind !== 'min' || x.shape.length > 1) return undefined;
    const [first, ...others] = x.items;
    const least = others.reduce((a: Item | undefined, b) => (a === undefined ? a : smaller(w, a, b)), first);
    return least === undefined ? undefined : { shape: node.attributes.keepDims ? [1] : [], items: [least] };
  }
  return moved(node, operands, given);
}

function extentsOf([x]: Operands): Items | undefined {
  if (!x?.bounded) return undefined;
  const { axis, count } = x.bounded;
  const items = x.shape.map((extent, i): Item => (i === axis ? { count, most: extent, sign: 1, plus: 0 } : extent));
  return { shape: [items.length], items };
}

function arithmetic(w: NodeWriter, kind: BinaryKind, x: Items, y: Items): Items | undefined {
  const shape = broadcastShapes(x.shape, y.shape);
  const places = ({ shape: own, items }: Items): ((i: number) => number) =>
    readBroadcast(tensorOf('int32', own, [...items.keys()]), { dtype: 'int32', shape });
  const [placeX, placeY] = [places(x), places(y)];
  const items: Item[] = [];
  for (let i = 0; i < elementCount(shape); i++) {
    const [a = 0, b = 0] = [x.items[placeX(i)], y.items[placeY(i)]];
    const item = combined(w, kind, a, b);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return { shape, items };
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
