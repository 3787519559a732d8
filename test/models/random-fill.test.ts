/** The random numbers behind seeded weights have the distributions they claim. */
import { describe, expect, it } from 'vitest';
import { bitSource, fillNormal, fillUniform } from '../../models/random-fill.ts';

const COUNT = 1_000_000;

function normal(seed: number): Float32Array {
  const data = new Float32Array(COUNT);
  fillNormal(data, 2, bitSource(seed));
  return data.map((v) => v / 2);
}

const share = (data: Float32Array, test: (v: number) => boolean): number =>
  data.reduce((n, v) => n + (test(v) ? 1 : 0), 0) / COUNT;

/** Five standard errors of a share of COUNT draws. */
const bound = (p: number): number => 5 * Math.sqrt((p * (1 - p)) / COUNT);

describe.each([1, 2, 77, -5, 2 ** 31])('numbers of seed %i', (seed) => {
  const data = normal(seed);

  // Shares of the standard normal distribution below a value, by tables.
  it.each([
    [-3.0902, 0.001],
    [-1.6449, 0.05],
    [-0.2533, 0.4],
    [0, 0.5],
    [0.6745, 0.75],
    [2.3263, 0.99],
    [3.719, 0.9999],
  ])('lie below %d as often as normal ones', (value, expected) => {
    expect(Math.abs(share(data, (v) => v < value) - expected)).toBeLessThan(bound(expected));
  });

  it('have the moments of normal ones', () => {
    const moment = (k: number): number => data.reduce((sum, v) => sum + v ** k, 0) / COUNT;
    // Five standard errors: those of the first four moments are 1, √2, √15 and √96 over √COUNT.
    const error = 5 / Math.sqrt(COUNT);
    expect(Math.abs(moment(1))).toBeLessThan(error);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(Math.SQRT2 * error);
    expect(Math.abs(moment(3))).toBeLessThan(Math.sqrt(15) * error);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(Math.sqrt(96) * error);
  });

  it('are independent of their neighbours', () => {
    const products = data.reduce((sum, v, i) => sum + v * (data[i + 1] ?? 0), 0) / COUNT;
    expect(Math.abs(products)).toBeLessThan(5 / Math.sqrt(COUNT));
  });

  it('of a uniform fill stay in their range and reach its ends', () => {
    const uniform = new Float32Array(COUNT);
    fillUniform(uniform, 0.5, 1.5, bitSource(seed));
    expect(share(uniform, (v) => v < 0.5 || v > 1.5)).toBe(0);
    expect(Math.abs(share(uniform, (v) => v < 0.51) - 0.01)).toBeLessThan(bound(0.01));
    expect(Math.abs(share(uniform, (v) => v >= 1.49) - 0.01)).toBeLessThan(bound(0.01));
  });
});

it('a fill in two pieces is the same as one', () => {
  const [whole, source] = [new Float32Array(1000), bitSource(3)];
  fillNormal(whole, 1, bitSource(3));
  const parts = new Float32Array(1000);
  fillNormal(parts.subarray(0, 333), 1, source);
  fillNormal(parts.subarray(333), 1, source);
  expect(parts).toEqual(whole);
});
