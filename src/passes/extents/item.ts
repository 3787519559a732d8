/**
 * Integers that may be extents that depend on data: such an item is a count, or a number less a count, or either with something
 * added. Their arithmetic, as far as it needs no nodes.
 */
import { elementCount, type Shape, type Tensor } from '../../core/tensor.ts';
import type { Operand } from '../../ops/definition.ts';
import { at } from '../../util/arrays.ts';

/** `plus` + `sign` · the value called `count`, which is from 0 to `most`. */
export interface Counted {
  readonly count: string;
  readonly most: number;
  readonly sign: 1 | -1;
  readonly plus: number;
  /** Items that the count is no larger than, beside its most. */
  readonly under?: readonly Item[];
}

/** A number, or what a count makes of one. */
export type Item = number | Counted;

/** A tensor of items. */
export interface Items {
  readonly shape: Shape;
  readonly items: readonly Item[];
}

/** No list of extents is longer. */
const LONGEST = 64;

/** An extent of an operand. */
export function extentOf({ shape, bounded }: Operand, axis: number): Item {
  const most = at(shape, axis);
  return bounded?.axis === axis ? { count: bounded.count, most, sign: 1, plus: 0 } : most;
}

/** True where no item depends on data. */
export function isKnown(list: Items): list is Items & { readonly items: readonly number[] } {
  return list.items.every((item) => typeof item === 'number');
}

/** The items of a constant. */
export function itemsOf(constant: Tensor | undefined): Items | undefined {
  if (!constant || elementCount(constant.shape) > LONGEST) return undefined;
  const items = [...constant.data];
  return items.every((item) => Number.isSafeInteger(item)) ? { shape: constant.shape, items } : undefined;
}

/** The least and the most that an item can be. */
export function limitsOf(item: Item): readonly [least: number, most: number] {
  if (typeof item === 'number') return [item, item];
  const other = item.plus + item.sign * item.most;
  return [Math.min(item.plus, other), Math.max(item.plus, other)];
}

/** What an item is no larger than. */
export function underOf(item: Item): readonly Item[] {
  return typeof item === 'number' || item.sign < 0 || item.plus > 0 ? [] : (item.under ?? []);
}

/** True of items that are equal, whatever the data. */
export function isSame(a: Item, b: Item): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b;
  return a.count === b.count && a.sign === b.sign && a.plus === b.plus;
}

/** Of two items; nothing where that is no item. */
export function sum(a: Item, b: Item): Item | undefined {
  if (typeof a === 'number') return typeof b === 'number' ? a + b : { ...b, plus: b.plus + a };
  if (typeof b === 'number') return sum(b, a);
  return a.count === b.count && a.sign !== b.sign ? a.plus + b.plus : undefined;
}

/** The item times −1. */
export function minus(item: Item): Item {
  return typeof item === 'number' ? -item : { ...item, sign: item.sign === 1 ? -1 : 1, plus: -item.plus };
}

/** 1 where an item is smaller than another, 0 where it is not, nothing where that depends on data. */
export function isLess(a: Item, b: Item): 0 | 1 | undefined {
  const difference = sum(a, minus(b));
  const [least, most] = [limitsOf(a)[0] - limitsOf(b)[1], limitsOf(a)[1] - limitsOf(b)[0]];
  if (typeof difference === 'number') return difference < 0 ? 1 : 0;
  return most < 0 ? 1 : least >= 0 ? 0 : undefined;
}

/** The opposite of what may be known. */
export function inverted(is: 0 | 1 | undefined): 0 | 1 | undefined {
  return is === undefined ? undefined : is === 0 ? 1 : 0;
}
