/** Memory that spans share: never at the same time, and hardly more than what is needed at once. */
import { describe, expect, it } from 'vitest';
import { ALIGNMENT, layOutSpans, type Span } from '../../src/simd/arena.ts';
import { at, most, range, roundUp } from '../../src/util/arrays.ts';
import { randomSource } from '../helpers/random.ts';

/** Spans of a run of so many steps, most of them short as those of a network are. */
function randomSpans(seed: number, count: number): Span[] {
  const random = randomSource(seed);
  return range(count).map((from) => ({
    bytes: Math.floor(random() ** 3 * 5000),
    from,
    to: from + Math.floor(random() ** 4 * count),
  }));
}

/** The most that is needed in one step: no layout has less. */
function bound(spans: readonly Span[]): number {
  return most(
    spans.map(({ from }) => {
      const live = spans.filter((span) => span.from <= from && span.to >= from);
      return live.reduce((sum, { bytes }) => sum + bytes, 0);
    }),
  );
}

/** Pairs that have a byte and a step in common. */
function collisions(spans: readonly Span[], offsets: readonly number[]): number[][] {
  const meets = (i: number, j: number): boolean => {
    const [a, b, to, end] = [at(spans, i), at(spans, j), at(offsets, i), at(offsets, j)];
    const inTime = a.from <= b.to && b.from <= a.to;
    return inTime && to < end + b.bytes && end < to + a.bytes;
  };
  return range(spans.length).flatMap((i) => range(i).flatMap((j) => (meets(i, j) ? [[i, j]] : [])));
}

describe('layOutSpans', () => {
  it.each(range(30))('gives no byte twice at once, seed %i', (seed) => {
    const spans = randomSpans(seed, 10 + 5 * seed);
    const { offsets, bytes } = layOutSpans(spans);
    expect(collisions(spans, offsets)).toEqual([]);
    expect(offsets.every((offset, i) => offset % ALIGNMENT === 0 && offset + at(spans, i).bytes <= bytes)).toBe(true);
    expect(bytes).toBeGreaterThanOrEqual(bound(spans));
  });

  it('does so for more spans than are compared with each other', () => {
    const spans = randomSpans(7, 3200).map(({ bytes, from, to }) => ({ bytes, from, to: Math.min(to, from + 20) }));
    const { offsets, bytes } = layOutSpans(spans);
    expect(collisions(spans, offsets)).toEqual([]);
    expect(bytes).toBeGreaterThanOrEqual(bound(spans));
  });

  it('needs no more than what is live in a chain, each step of which reads what the one before wrote', () => {
    const spans = range(50).map((from) => ({ bytes: ALIGNMENT * (1 + ((7 * from) % 11)), from, to: from + 1 }));
    expect(layOutSpans(spans).bytes).toBeLessThanOrEqual(1.5 * roundUp(bound(spans), ALIGNMENT));
  });

  it('takes spans without bytes, and none', () => {
    expect(layOutSpans([])).toEqual({ offsets: [], bytes: 0 });
    expect(layOutSpans([{ bytes: 0, from: 0, to: 1 }]).bytes).toBe(0);
  });
});
