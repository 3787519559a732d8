/**
 * Assignment of occupancies to slots. A slot is one buffer; those that meet in time may share it at different offsets.
 * WebGPU refuses a buffer that a dispatch both reads and writes, whatever the ranges, so those that a dispatch binds
 * together are kept apart; only where that costs much memory do they meet, and the dispatch binds both for writing.
 * Finding the least memory is NP-hard; greedy orders after Pisarchyk & Lee 2020 (arXiv:2001.03288), and a search around
 * the best of them, come close.
 */
import { at, range, roundUp } from '../util/arrays.ts';

/** Memory that is needed from one step to another, both included. */
export interface Interval {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
  /** Positions of those that some dispatch binds along with it, writing one of the two. */
  readonly apart: ReadonlySet<number>;
  /** Of these, those that cannot be in one buffer at all, because the dispatch binds one of them twice. */
  readonly never: ReadonlySet<number>;
}

/**
 * What intervals may have in common: a slot at different times; also different parts of a slot at one time; also where a
 * dispatch binds both, at the price of so many bytes.
 */
type Sharing = 'slots' | 'parts' | number;

/** Where an interval lies. */
export interface SlotPlace {
  readonly slot: number;
  /** In bytes; a multiple of `OFFSET_ALIGNMENT`. */
  readonly offset: number;
}

/** Place of each interval, and the size of each slot. */
export interface SlotAssignment {
  readonly places: readonly SlotPlace[];
  readonly sizes: readonly number[];
}

/** What every device accepts as the offset of a storage binding. */
export const OFFSET_ALIGNMENT = 256;

/** Orders tried by the search, at most; each takes a fraction of a millisecond. */
const TRIES = 60;

/** Pairs of an interval and a slot that are looked at, at most: graphs of so many nodes take what one walk finds. */
const MOST_PAIRS = 2 ** 22;

/** Free slots among which one walk chooses. */
const RECENT = 32;

/** As close to the bound as is worth searching for. */
const CLOSE = 1.1;

/** So far from the bound, dispatches bind what they read for writing, which takes pipelines of their own, */
const FAR = 1.25;

/** unless it is about so few bytes. */
const NEGLIGIBLE = 65536;

/** What limits an assignment. */
export interface SlotLimits {
  /** Bytes of the largest buffer. */
  readonly largest: number;
  /** Bytes that no assignment can do without. */
  readonly bound: number;
}

/** Assigns intervals to slots such that no two that meet overlap, in as little memory as several orders find. */
export function assignSlots(intervals: readonly Interval[], limits: SlotLimits): SlotAssignment {
  const simple = walk(intervals);
  const pairs = intervals.length * simple.sizes.length;
  // Each order compares an interval with all that are in a slot.
  if (Math.max(8 * pairs, intervals.length ** 2) > MOST_PAIRS) return simple;
  // All that are in one slot, where dispatches have thousands of operands there.
  const tries = Math.min(TRIES, Math.floor(MOST_PAIRS / Math.max(pairs, intervals.length ** 2 / 4)));
  const orders = [bySize(intervals), byStart(intervals), byBreadth(intervals)];
  const pack = (sharing: Sharing) => (order: readonly number[]) =>
    new Packing(intervals, limits.largest, sharing).place(order);
  const slots = leastOf(orders, pack('slots'));
  const parts = least(slots, leastOf(orders, pack('parts')));
  if (total(parts) <= limits.bound * CLOSE) return parts;
  const found = search(parts, bySize(intervals), limits, { tries, place: pack('parts') });
  const enough = Math.max(limits.bound * FAR, limits.bound + NEGLIGIBLE);
  let together = found;
  const cheapest = limits.bound / 1000;
  for (let k = 0, price = limits.bound / 4; k < tries && total(together) > enough && price > cheapest; k++) {
    together = least(together, leastOf(orders, pack(price)));
    price *= 0.8;
  }
  return together;
}

/** One walk along the steps: each interval takes the slot that fits best among those that were freed last. */
function walk(intervals: readonly Interval[]): SlotAssignment {
  const places: SlotPlace[] = [];
  const sizes: number[] = [];
  const free: number[] = [];
  const byEnd = range(intervals.length).sort((a, b) => at(intervals, a).to - at(intervals, b).to);
  let ended = 0;
  for (const i of byStart(intervals)) {
    const { bytes, from } = at(intervals, i);
    for (; at(intervals, at(byEnd, ended)).to < from; ended++) free.push(at(places, at(byEnd, ended)).slot);
    const misfit = (slot: number): number => Math.abs(at(sizes, slot) - bytes);
    const recent = free.splice(-RECENT).sort((a, b) => misfit(b) - misfit(a));
    const slot = recent.pop() ?? sizes.length;
    free.push(...recent);
    sizes[slot] = Math.max(sizes[slot] ?? 0, bytes);
    places[i] = { slot, offset: 0 };
  }
  return { places, sizes };
}

function leastOf(
  orders: readonly (readonly number[])[],
  place: (order: readonly number[]) => SlotAssignment,
): SlotAssignment {
  return orders.map(place).reduce(least);
}

/** The first, unless the second takes less. */
function least(a: SlotAssignment, b: SlotAssignment): SlotAssignment {
  return total(b) < total(a) ? b : a;
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
  const sorted = bySize(intervals);
  const steps = [...new Set(intervals.map(({ from }) => from))];
  const live = steps.map((step) => {
    const ids = sorted.filter((i) => at(intervals, i).from <= step && step <= at(intervals, i).to);
    return { ids, breadth: ids.reduce((sum, i) => sum + at(intervals, i).bytes, 0) };
  });
  return [...new Set(live.sort((a, b) => b.breadth - a.breadth).flatMap(({ ids }) => ids))];
}

interface Placed {
  readonly interval: Interval;
  readonly offset: number;
  readonly end: number;
}

/** A slot that could take an interval: where, how much it would grow, how much of a gap would be left over. */
interface Candidate extends SlotPlace {
  readonly growth: number;
  /** The growth, and the price of what is bound together. */
  readonly cost: number;
  readonly waste: number;
}

/** One greedy assignment. */
class Packing {
  readonly #intervals: readonly Interval[];
  readonly #largest: number;
  readonly #sharing: Sharing;
  readonly #sizes: number[] = [];
  readonly #taken: Placed[][] = [];
  readonly #places: (SlotPlace | undefined)[];

  constructor(intervals: readonly Interval[], largest: number, sharing: Sharing) {
    this.#intervals = intervals;
    this.#largest = largest;
    this.#sharing = sharing;
    this.#places = intervals.map(() => undefined);
  }

  /** Each interval goes where slots grow least; of those where least is left over. */
  place(order: readonly number[]): SlotAssignment {
    for (const i of order) {
      const interval = at(this.#intervals, i);
      const { bytes } = interval;
      let best: Candidate = { slot: this.#sizes.length, offset: 0, growth: bytes, cost: bytes, waste: 0 };
      for (const slot of this.#sizes.keys()) {
        const found = this.#candidate(slot, interval);
        if (found && isBetter(found, best)) best = found;
      }
      const { slot, offset, growth } = best;
      this.#places[i] = { slot, offset };
      this.#sizes[slot] = (this.#sizes[slot] ?? 0) + growth;
      (this.#taken[slot] ??= []).push({ interval, offset, end: offset + bytes });
    }
    return { places: this.#places.map((place) => place ?? { slot: 0, offset: 0 }), sizes: this.#sizes };
  }

  #candidate(slot: number, { bytes, from, to, apart, never }: Interval): Candidate | undefined {
    const meeting = at(this.#taken, slot).filter(({ interval }) => interval.to >= from && to >= interval.from);
    const isHere = (other: number): boolean => this.#places[other]?.slot === slot;
    const companions = meeting.length > 0 ? [...apart].filter(isHere) : [];
    if (meeting.length > 0 && this.#sharing === 'slots') return undefined;
    if (companions.length > 0 && (this.#sharing === 'parts' || companions.some((c) => never.has(c)))) return undefined;
    const price = typeof this.#sharing === 'number' ? this.#sharing * companions.length : 0;
    let offset = 0;
    let gap: Candidate | undefined;
    for (const other of meeting.sort((a, b) => a.offset - b.offset)) {
      const waste = other.offset - offset - bytes;
      if (waste >= 0 && (!gap || waste < gap.waste)) gap = { slot, offset, growth: 0, cost: price, waste };
      offset = Math.max(offset, roundUp(other.end, OFFSET_ALIGNMENT));
    }
    const size = at(this.#sizes, slot);
    const rest = size - offset - bytes;
    const growth = Math.max(0, -rest);
    if (gap && (growth > 0 || gap.waste <= rest)) return gap;
    if (size + growth > this.#largest) return undefined;
    return { slot, offset, growth, cost: growth + price, waste: Math.max(0, rest) };
  }
}

function isBetter(a: Candidate, b: Candidate): boolean {
  return a.cost < b.cost || (a.cost === b.cost && a.waste < b.waste);
}

/** Moves intervals about in the order, keeping what needs no more memory: a walk over plateaus, the same every time. */
function search(
  found: SlotAssignment,
  start: readonly number[],
  { bound }: SlotLimits,
  { tries, place }: { readonly tries: number; readonly place: (order: readonly number[]) => SlotAssignment },
): SlotAssignment {
  let best = found;
  let order = [...start];
  let state = 1;
  const below = (n: number): number => {
    // A linear congruential generator (Numerical Recipes in C, 2nd ed., §7.1).
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  for (let k = 0; k < tries && total(best) > bound * CLOSE; k++) {
    const next = [...order];
    const [moved = 0] = next.splice(below(next.length), 1);
    next.splice(below(next.length + 1), 0, moved);
    const assignment = place(next);
    if (total(assignment) > total(best)) continue;
    [order, best] = [next, assignment];
  }
  return best;
}
