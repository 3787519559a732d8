/**
 * Assignment of storages to slots: one buffer a slot, since WebGPU refuses one buffer that a dispatch both reads and
 * writes. Finding the least memory is NP-hard; greedy orders after Pisarchyk & Lee 2020 (arXiv:2001.03288, "shared
 * objects"), and a search around the best of them, come close.
 */
import { at, range } from '../util/arrays.ts';

/** Memory that is needed from one step to another, both included. */
export interface Interval {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

/** Slot of each interval, and the size of each slot. */
export interface SlotAssignment {
  readonly slots: readonly number[];
  readonly sizes: readonly number[];
}

/** Orders tried by the search, at most; each takes some tens of microseconds. */
const TRIES = 400;

/** Assigns intervals to slots such that no two that meet share one, in as little memory as several orders find. */
export function assignSlots(intervals: readonly Interval[]): SlotAssignment {
  const orders = [bySize(intervals), byBreadth(intervals), byStart(intervals)];
  let best = orders.map((order) => assign(intervals, order)).reduce((a, b) => (total(b) < total(a) ? b : a));
  best = search(intervals, bySize(intervals), best);
  return best;
}

/** Bytes of all slots. */
function total({ sizes }: SlotAssignment): number {
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

/** Largest first, then the longest-lived. */
function bySize(intervals: readonly Interval[]): number[] {
  const length = (i: number): number => at(intervals, i).to - at(intervals, i).from;
  return range(intervals.length).sort(
    (a, b) => at(intervals, b).bytes - at(intervals, a).bytes || length(b) - length(a),
  );
}

function byStart(intervals: readonly Interval[]): number[] {
  return range(intervals.length).sort((a, b) => at(intervals, a).from - at(intervals, b).from);
}

/** Steps with most live memory first, and of each the largest intervals first. */
function byBreadth(intervals: readonly Interval[]): number[] {
  const steps = [...new Set(intervals.map(({ from }) => from))];
  const live = steps.map((step) => {
    const ids = bySize(intervals).filter((i) => at(intervals, i).from <= step && step <= at(intervals, i).to);
    return { ids, breadth: ids.reduce((sum, i) => sum + at(intervals, i).bytes, 0) };
  });
  return [...new Set(live.sort((a, b) => b.breadth - a.breadth).flatMap(({ ids }) => ids))];
}

/**
 * Gives the intervals slots in this order: the smallest slot that is free all the time and large enough, else the
 * largest free one, enlarged, else a new one.
 */
function assign(intervals: readonly Interval[], order: readonly number[]): SlotAssignment {
  const sizes: number[] = [];
  const taken: Interval[][] = [];
  const slots = intervals.map(() => 0);
  for (const i of order) {
    const interval = at(intervals, i);
    const slot = bestSlot(interval, sizes, taken);
    sizes[slot] = Math.max(sizes[slot] ?? 0, interval.bytes);
    (taken[slot] ??= []).push(interval);
    slots[i] = slot;
  }
  return { slots, sizes };
}

function bestSlot({ bytes, from, to }: Interval, sizes: readonly number[], taken: readonly Interval[][]): number {
  let best = -1;
  for (let slot = 0; slot < sizes.length; slot++) {
    const size = sizes[slot] ?? 0;
    const bestSize = best < 0 ? -1 : (sizes[best] ?? 0);
    const better = size >= bytes ? bestSize < bytes || size < bestSize : bestSize < bytes && size > bestSize;
    if ((best < 0 || better) && taken[slot]?.every((other) => other.to < from || to < other.from)) best = slot;
  }
  return best < 0 ? sizes.length : best;
}

/** Moves intervals about in the order, keeping what needs no more memory: a walk over plateaus, the same every time. */
function search(intervals: readonly Interval[], start: readonly number[], found: SlotAssignment): SlotAssignment {
  let best = found;
  let order = [...start];
  let current = total(assign(intervals, order));
  let state = 1;
  const below = (n: number): number => {
    // A linear congruential generator (Numerical Recipes in C, 2nd ed., §7.1).
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  for (let k = 0; k < TRIES && intervals.length > 2; k++) {
    const next = [...order];
    const [moved = 0] = next.splice(below(next.length), 1);
    next.splice(below(next.length + 1), 0, moved);
    const assignment = assign(intervals, next);
    const bytes = total(assignment);
    if (bytes > current) continue;
    [order, current] = [next, bytes];
    if (bytes < total(best)) best = assignment;
  }
  return best;
}
