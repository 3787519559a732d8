/** Slots: intervals that meet never overlap, those that a dispatch binds together have buffers of their own or parts. */
import { describe, expect, it } from 'vitest';
import { assignSlots, OFFSET_ALIGNMENT, type Interval } from '../../src/plan/slots.ts';
import { at, range } from '../../src/util/arrays.ts';
import { randomSource } from '../helpers/random.ts';

/** A schedule of random intervals: each step writes one, and reads some that still live. */
function randomIntervals(seed: number): Interval[] {
  const random = randomSource(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const intervals = range(3 + below(30)).map((from) => ({
    bytes: 16 * (1 + below(random() < 0.3 ? 100000 : 2000)),
    from,
    to: from + 1 + below(random() < 0.2 ? 12 : 3),
    apart: new Set<number>(),
    never: new Set<number>(),
  }));
  intervals.forEach((interval, i) => {
    intervals.forEach((other, k) => {
      // Written at its first step, which reads what lives and is not only waiting.
      if (i === k || other.from >= interval.from || other.to < interval.from || random() < 0.3) return;
      for (const set of random() < 0.1 ? (['apart', 'never'] as const) : (['apart'] as const)) {
        interval[set].add(k);
        other[set].add(i);
      }
    });
  });
  return intervals;
}

function boundOf(intervals: readonly Interval[]): number {
  const live = intervals.map(({ from: step }) =>
    intervals.reduce((sum, { bytes, from, to }) => (from <= step && step <= to ? sum + bytes : sum), 0),
  );
  return Math.max(...live);
}

describe('assignSlots', () => {
  it('keeps apart what meets', () => {
    for (let seed = 0; seed < 300; seed++) {
      const intervals = randomIntervals(seed);
      const bound = boundOf(intervals);
      const { places, sizes } = assignSlots(intervals, { largest: 2 ** 31, bound });
      expect(sizes.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(bound);
      intervals.forEach((a, i) => {
        const { slot, offset } = at(places, i);
        expect(offset % OFFSET_ALIGNMENT).toBe(0);
        expect(offset + a.bytes).toBeLessThanOrEqual(at(sizes, slot));
        intervals.slice(0, i).forEach((b, k) => {
          const other = at(places, k);
          if (other.slot !== slot || b.to < a.from || a.to < b.from) return;
          expect(offset >= other.offset + b.bytes || other.offset >= offset + a.bytes, `seed ${seed}`).toBe(true);
          expect(a.never.has(k), `seed ${seed}`).toBe(false);
        });
      });
    }
  });

  it('comes near the bound', () => {
    const ratios = range(100).map((seed) => {
      const intervals = randomIntervals(seed).map((interval) => ({ ...interval, never: new Set<number>() }));
      const bound = boundOf(intervals);
      const { sizes } = assignSlots(intervals, { largest: 2 ** 31, bound });
      return Math.max(0, sizes.reduce((a, b) => a + b, 0) - 65536) / bound;
    });
    expect(Math.max(...ratios)).toBeLessThan(1.3);
    expect(ratios.reduce((a, b) => a + b, 0) / ratios.length).toBeLessThan(1.15);
  });

  it('binds one buffer for several operands only where it must', () => {
    // A chain of two small and two large ones: alternating buffers would be as large as the largest of each.
    const chain = [1, 40, 1, 1, 30, 30].map((size, i, all) => ({
      bytes: size * 2 ** 16,
      from: i,
      to: i + 1,
      apart: new Set([i - 1, i + 1].filter((k) => k >= 0 && k < all.length)),
      never: new Set<number>(),
    }));
    const { sizes } = assignSlots(chain, { largest: 2 ** 31, bound: 60 * 2 ** 16 });
    // 70 of 60: within a quarter, so nothing is bound together.
    expect(sizes.toSorted((a, b) => b - a)).toEqual([40 * 2 ** 16, 30 * 2 ** 16]);
  });

  it('makes no slot larger than a buffer may be', () => {
    const four = range(4).map((i) => ({
      bytes: 1024,
      from: 0,
      to: 1,
      apart: new Set<number>(),
      never: new Set<number>(),
      i,
    }));
    const { sizes } = assignSlots(four, { largest: 2048, bound: 4096 });
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2048);
  });
});
