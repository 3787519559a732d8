/** Medians, quantiles and spreads of the benchmarks. */
import { describe, expect, it } from 'vitest';
import { quantile, summarise } from '../../bench/lib/statistics.ts';

describe('a summary of measurements', () => {
  it('does not depend on their order, and leaves them as they are', () => {
    const values = [5, 1, 4, 2, 3];
    expect(summarise(values)).toEqual({ runs: 5, median: 3, p90: 4.6, min: 1, spread: 2 });
    expect(values).toEqual([5, 1, 4, 2, 3]);
  });

  it('of an even count has its median between the middle two', () => {
    expect(summarise([1, 2, 10, 20]).median).toBe(6);
  });

  it('of one value has no spread', () => {
    expect(summarise([7])).toEqual({ runs: 1, median: 7, p90: 7, min: 7, spread: 0 });
  });

  it('of none is not a number', () => {
    expect(summarise([])).toEqual({ runs: 0, median: NaN, p90: NaN, min: NaN, spread: NaN });
  });

  it('shrugs one outlier off', () => {
    const calm = Array.from({ length: 20 }, (_, i) => 10 + i / 20);
    const { median, spread } = summarise([...calm, 1e6]);
    expect(median).toBeCloseTo(10.5, 6);
    expect(spread).toBeLessThan(1);
  });
});

// NumPy: np.quantile([0, 10, 20, 30, 40, 50], q), whose default is the same definition.
it.each([
  [0, 0],
  [0.1, 5],
  [0.25, 12.5],
  [0.5, 25],
  [0.9, 45],
  [1, 50],
])('quantile %d interpolates to %d', (q, expected) => {
  expect(quantile([30, 0, 50, 10, 40, 20], q)).toBeCloseTo(expected, 12);
});
