/** Ids of things over sequences made by hand, and the 1€ filter against what its paper promises. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { OneEuroFilter, PointSmoother } from '../../src/vision/one-euro.ts';
import { Tracker, type Trackable } from '../../src/vision/track.ts';
import { randomSource } from '../helpers/random.ts';

const box = (x: number, y = 0, over: Partial<Trackable> = {}): Trackable => ({ x, y, width: 10, height: 10, ...over });

/** The ids of each frame. */
const idsOf = (tracker: Tracker, frames: readonly (readonly Trackable[])[]): number[][] =>
  frames.map((frame) => tracker.update(frame).map(({ id }) => id));

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a tracker', () => {
  it('keeps ids while things move, in whatever order they are found', () => {
    const frames = range(8).map((t) => {
      const both = [box(3 * t), box(100 - 3 * t, 50)];
      return t % 2 === 0 ? both : both.toReversed();
    });
    expect(idsOf(new Tracker(), frames)).toEqual(range(8).map((t) => (t % 2 === 0 ? [1, 2] : [2, 1])));
  });

  it('keeps ids of things that cross', () => {
    // At the middle each is nearer to where the other was than to where it was itself.
    const frames = range(21).map((t) => [box(4 * t), box(82 - 4 * t)]);
    for (const ids of idsOf(new Tracker(), frames)) expect(ids).toEqual([1, 2]);
  });

  it('gives an id back after a few frames, and a new one after many', () => {
    const tracker = new Tracker({ maxMissed: 2 });
    expect(idsOf(tracker, [[box(0)], [], [], [box(1)]])).toEqual([[1], [], [], [1]]);
    expect([...tracker.ids]).toEqual([1]);
    expect(idsOf(tracker, [[], [], []])).toEqual([[], [], []]);
    expect(tracker.ids.size).toBe(0);
    expect(idsOf(tracker, [[box(1)]])).toEqual([[2]]);
    expect(idsOf(new Tracker({ maxMissed: 0 }), [[box(0)], [], [box(0)]])).toEqual([[1], [], [2]]);
  });

  it('finds what went on behind something, by its speed', () => {
    const frames = range(12).map((t) => (t > 5 && t < 9 ? [] : [box(4 * t)]));
    expect(idsOf(new Tracker(), frames).flat()).toEqual(Array.from({ length: 9 }, () => 1));
  });

  it('takes time into account where frames are missing', () => {
    const tracker = new Tracker();
    const ids = [0, 10, 20, 30, 70, 80].map((time) => tracker.update([box(time / 2)], time)[0]?.id);
    expect(ids).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('tells classes apart, and what does not overlap', () => {
    const tracker = new Tracker();
    const one = [box(0, 0, { index: 1 }), box(0, 0, { index: 2 })];
    expect(idsOf(tracker, [one, one.toReversed(), [box(0, 0, { index: 3 }), box(50, 0, { index: 1 })]])).toEqual([
      [1, 2],
      [2, 1],
      [3, 4],
    ]);
  });

  it('assigns the most alike first, and each once', () => {
    const tracker = new Tracker();
    expect(idsOf(tracker, [[box(0)], [box(3), box(1)], [box(1), box(3), box(1)]])).toEqual([[1], [2, 1], [1, 2, 3]]);
  });

  it('compares centres of what is small', () => {
    const frames = [[box(0)], [box(9)]];
    expect(idsOf(new Tracker(), frames)).toEqual([[1], [2]]);
    expect(idsOf(new Tracker({ by: 'centers' }), frames)).toEqual([[1], [1]]);
  });

  it('leaves what it is given as it is, and boxes without sense without a track', () => {
    const thing = Object.freeze({ ...box(0), score: 0.5, label: 'cup' });
    expect(new Tracker().update([thing])).toEqual([{ ...thing, id: 1 }]);
    expect(idsOf(new Tracker(), [[box(NaN)], [box(NaN)], [box(0)]])).toEqual([[1], [2], [3]]);
  });

  it.each([
    { least: 0 },
    { least: 1.5 },
    { least: NaN },
    { maxMissed: -1 },
    { maxMissed: 1.5 },
    { by: 'oks' },
    { max: 1 },
  ])('refuses %o', (options) => {
    expect(() => new Tracker(options as object)).toThrow(InputError);
  });

  it('refuses a time that is none', () => {
    expect(() => new Tracker().update([], NaN)).toThrow(InputError);
  });
});

/** Frames a second. */
const RATE = 30;

const spread = (values: readonly number[]): number => values.reduce((sum, v) => sum + v * v, 0) / values.length;

/** Seconds that the filter is behind what moves at a speed. */
const lag = (beta: number, speed: number): number => {
  const filter = new OneEuroFilter({ beta });
  const end = range(300).map((i) => (speed * i) / RATE - filter.filter((speed * i) / RATE, i / RATE));
  return (end.at(-1) ?? NaN) / speed;
};

/** What is tracked, with points. */
const thing = (id: number, at: number, size: number) => ({
  id,
  x: 0,
  y: 0,
  width: size,
  height: size,
  points: [
    { x: at, y: 2 * at, z: -at, score: 0.5 },
    { x: at, y: 0 },
  ],
});

describe('the 1€ filter', () => {
  const random = randomSource(3);
  const noise = range(3000).map(() => random() - 0.5);

  it('is an exponential filter where speed does not count: the paper’s equations', () => {
    const filter = new OneEuroFilter({ minCutoff: 2, beta: 0 });
    const alpha = 1 / (1 + RATE / (2 * Math.PI * 2));
    expect(filter.filter(0, 0)).toBe(0);
    for (let i = 1; i < 20; i++) expect(filter.filter(1, i / RATE)).toBeCloseTo(1 - (1 - alpha) ** i, 12);
  });

  it('steadies what rests by as much as its cutoff says', () => {
    const filter = new OneEuroFilter({ minCutoff: 1, beta: 0 });
    const filtered = noise.map((value, i) => filter.filter(value, i / RATE));
    const alpha = 1 / (1 + RATE / (2 * Math.PI));
    // The variance of exponentially weighted noise is α/(2 − α) of it.
    expect(spread(filtered) / spread(noise)).toBeCloseTo(alpha / (2 - alpha), 1);
  });

  it('lags less the faster a value moves', () => {
    // Seconds behind: those of its cutoff where speed does not count.
    expect(lag(0, 5)).toBeCloseTo(1 / (2 * Math.PI), 6);
    expect(lag(0, 50)).toBeCloseTo(lag(0, 5), 6);
    expect(lag(1, 5)).toBeLessThan(lag(0, 5) / 4);
    expect(lag(1, 50)).toBeLessThan(lag(1, 5) / 4);
  });

  it('begins anew where time does not go on, and passes over what is no number', () => {
    const filter = new OneEuroFilter();
    filter.filter(0, 10);
    expect(filter.filter(NaN, 10.1)).toBeNaN();
    expect(filter.filter(8, 3)).toBe(8);
    expect(filter.filter(8, 3.1)).toBe(8);
  });

  it('filters the points of each thing by itself, in units of its extents', () => {
    const smoother = new PointSmoother({ minCutoff: 1, beta: 1 });
    const alive = new Set([1, 2]);
    const frames = range(10).map((t) => smoother.smooth([thing(1, t, 10), thing(2, 10 * t, 100)], t / RATE, alive));
    const [first, second] = frames.at(-1) ?? [];
    const reference = new OneEuroFilter({ minCutoff: 1, beta: 1 });
    const expected =
      range(10)
        .map((t) => reference.filter(t, t / RATE, 10))
        .at(-1) ?? NaN;
    expect(first?.points).toEqual([
      { x: expected, y: expect.any(Number), z: -expected, score: 0.5 },
      { x: expected, y: 0 },
    ]);
    // Ten times as large and as fast: the same.
    expect(second?.points[0]?.x).toBeCloseTo(10 * expected, 9);
    expect(smoother.smooth([thing(1, 99, 10)], 1, new Set([2]))[0]?.points[1]?.x).toBe(99);
  });

  it.each([{ minCutoff: 0 }, { beta: -1 }, { beta: NaN }, { derivativeCutoff: -3 }, { cutoff: 1 }])(
    'refuses %o',
    (options) => {
      expect(() => new PointSmoother(options)).toThrow(InputError);
    },
  );
});
