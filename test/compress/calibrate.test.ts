/** Ranges of activations from histograms, and signal-to-noise ratios, on numbers worked out by hand. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { Histogram, leastDivergence } from '../../src/compress/quantise/histogram.ts';
import { Noise } from '../../src/compress/quantise/noise.ts';
import { encodingOf, quantiseBias, quantiseWeights } from '../../src/compress/quantise/scales.ts';
import { tensorOf } from '../../src/core/tensor.ts';

function histogram(...parts: readonly (readonly number[])[]): Histogram {
  const made = new Histogram();
  for (const values of parts) made.add(Float32Array.from(values));
  return made;
}

const repeated = (value: number, times: number): number[] => Array.from({ length: times }, () => value);

describe('a histogram', () => {
  it('knows the range, in whatever order it grows', () => {
    expect(histogram([0, 0], [-3, 5], [100, 2]).range).toEqual({ min: -3, max: 100 });
    expect(histogram([]).range).toEqual({ min: 0, max: 0 });
    expect(histogram([0, 0, 0]).percentile(0.9999)).toEqual({ min: 0, max: 0 });
  });

  it('leaves as many values out at either end as the percentile says', () => {
    // 1000 values of 1, one of 64 and one of −64: half a percent of 1002 is five at each end.
    const values = [...repeated(1, 1000), 64, -64];
    const { min, max } = histogram(values).percentile(0.99);
    // Bins are 128/4096 wide; 1 lies at the beginning of one.
    expect(min).toBe(1);
    expect(max).toBe(1 + 128 / 4096);
    // A share of one leaves nothing out.
    expect(histogram(values).percentile(1)).toEqual({ min: -64, max: 64 });
    expect(histogram(repeated(1, 1000), [64], [-64]).percentile(0.99)).toEqual({ min, max });
  });

  it('joins bins where values get larger', () => {
    const grown = histogram(repeated(0.5, 100), repeated(300, 100));
    const { min, max } = grown.percentile(0.9);
    expect(min).toBe(0.5);
    expect(max).toBe(300);
  });

  it('refuses NaN and infinity', () => {
    expect(() => histogram([1, NaN])).toThrow(InputError);
    expect(() => histogram([-Infinity])).toThrow(InputError);
  });
});

describe('the least divergence', () => {
  it('keeps all of a distribution that the levels can say', () => {
    // As many bins as levels: nothing is lost by keeping them all.
    expect(leastDivergence([4, 3, 2, 1], 4)).toBe(4);
    // Equal neighbours in pairs are what two levels say of four bins.
    expect(leastDivergence([5, 5, 2, 2], 2)).toBe(4);
  });

  it('cuts off what lies far out', () => {
    // With two levels: keeping eight bins makes 9,1,0,0 | 0,0,0,1 of it, 2·(P log P/Q) of the nine and the one in a level;
    // keeping two, [9, 2] is what two levels say exactly.
    expect(leastDivergence([9, 1, 0, 0, 0, 0, 0, 1], 2)).toBeLessThan(8);
    // By hand: 2 bins P = (9, 2)/11, Q = (9, 1)/10: 9/11·ln(90/99) + 2/11·ln(20/11) = 0.0307; 8 bins P = (9, 1, …, 1)/11,
    // Q = (5, 5, …, 1)/11: 9/11·ln(9/5) + 1/11·ln(1/5) = 0.3346.
    expect(leastDivergence([9, 1, 0, 0, 0, 0, 0, 1], 2)).toBe(2);
  });

  it('gives a threshold in the values of a histogram', () => {
    // Ever fewer up to 1, and a lone value of 8: it is not worth seven of eight levels.
    const values = Array.from({ length: 40960 }, (_, i) => -0.1 * Math.log(1 - i / 40960));
    const { min, max } = histogram(values, [8]).entropy(256);
    expect(min).toBeCloseTo(0, 12);
    expect(max).toBeGreaterThan(0.5);
    expect(max).toBeLessThan(2);
  });
});

it('takes the whole range by entropy where there are too few values for a distribution', () => {
  expect(histogram([1, 2, 3, -7]).entropy(128)).toEqual({ min: -7, max: 3 });
});

describe('noise', () => {
  it('is what the signal is a hundred times as strong as at 20 dB', () => {
    const noise = new Noise();
    noise.add(Float32Array.of(10, 0), Float32Array.of(9, 0));
    expect(noise.decibels).toBeCloseTo(20, 12);
    noise.add(Float32Array.of(0, 30), Float32Array.of(0, 27));
    // (100 + 900) / (1 + 9)
    expect(noise.decibels).toBeCloseTo(20, 12);
  });

  it('is none of equal results, and all without a signal', () => {
    const none = new Noise();
    none.add(Float32Array.of(1), Float32Array.of(1));
    expect(none.decibels).toBeNull();
    const all = new Noise();
    all.add(Float32Array.of(0), Float32Array.of(1));
    expect(all.decibels).toBe(-200);
    // In JSON NaN would be null, which is what equal results have.
    const lost = new Noise();
    lost.add(Float32Array.of(1, 2), Float32Array.of(1, NaN));
    expect(lost.decibels).toBe(-200);
  });
});

describe('scales', () => {
  it('have zero among the integers', () => {
    expect(encodingOf({ min: 0.5, max: 2.55 }, false)).toEqual({
      dtype: 'uint8',
      scale: Math.fround(0.01),
      zeroPoint: 0,
    });
    expect(encodingOf({ min: -1, max: 1.55 }, false).zeroPoint).toBe(100);
    expect(encodingOf({ min: -2.54, max: 1 }, true)).toEqual({ dtype: 'int8', scale: Math.fround(0.02), zeroPoint: 0 });
    expect(encodingOf({ min: 0, max: 0 }, false)).toEqual({ dtype: 'uint8', scale: 1, zeroPoint: 0 });
  });

  it('of weights grow where a bias would not fit an int32', () => {
    const weights = tensorOf('float32', [1, 2], [127e-9, 254]);
    const bias = tensorOf('float32', [2], [8, 8]);
    const { integers, scales } = quantiseWeights(weights, 1, bias, 1e-3);
    // 8 / (10⁻³ · 2³⁰), beside which the weight is 10⁻⁹·127 / 7.45·10⁻⁶ = 0.017 of a step.
    expect([...scales]).toEqual([Math.fround(8 / (1e-3 * 2 ** 30)), 2]);
    expect([...integers.data]).toEqual([0, 127]);
    const products = scales.map((scale) => scale * 1e-3);
    const [first = 0, second = 0] = quantiseBias(bias, products).data;
    expect(Math.abs(first - 2 ** 30)).toBeLessThan(2 ** 8);
    expect(second).toBe(4000);
  });
});
