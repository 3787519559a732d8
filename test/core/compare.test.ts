/** The comparator itself: what must fail fails. */
import { describe, expect, it } from 'vitest';
import { accumulatedTerms, compareTensors, resultTolerance } from '../../src/core/compare.ts';
import { tensorOf, zeros } from '../../src/core/tensor.ts';

const tolerance = { rtol: 1e-4, atol: 1e-5 };
const floats = (...values: number[]) => tensorOf('float32', [values.length], values);

describe('compareTensors', () => {
  it('accepts equal data and data within the tolerance', () => {
    expect(compareTensors(floats(1, -2, 0), floats(1, -2, 0), tolerance).ok).toBe(true);
    expect(compareTensors(floats(1.00005), floats(1), tolerance).ok).toBe(true);
  });

  it('rejects shifted data, a zero output and a single wrong element', () => {
    const expected = floats(1, 2, 3, 4);
    for (const wrong of [floats(2, 3, 4, 5), zeros('float32', [4]), floats(1, 2, 3, 4.01)]) {
      expect(compareTensors(wrong, expected, tolerance).ok).toBe(false);
    }
    expect(compareTensors(floats(1, 2, 3, 4.01), expected, tolerance).mismatches).toBe(1);
  });

  it('matches a non-finite value only with itself', () => {
    expect(compareTensors(floats(NaN, Infinity, -Infinity), floats(NaN, Infinity, -Infinity), tolerance).ok).toBe(true);
    expect(compareTensors(floats(NaN), floats(Infinity), tolerance).ok).toBe(false);
    expect(compareTensors(floats(Infinity), floats(-Infinity), tolerance).ok).toBe(false);
    expect(compareTensors(floats(3e38), floats(Infinity), tolerance).ok).toBe(false);
    expect(compareTensors(floats(0), floats(NaN), tolerance).ok).toBe(false);
  });

  it('rejects another shape and floats for integers', () => {
    expect(compareTensors(zeros('float32', [2, 1]), zeros('float32', [1, 2]), tolerance).ok).toBe(false);
    expect(compareTensors(zeros('float32', [2]), zeros('int32', [2]), tolerance).ok).toBe(false);
  });

  it('says where the worst element is', () => {
    const report = compareTensors(tensorOf('float32', [2, 2], [0, 0, 9, 1]), zeros('float32', [2, 2]), tolerance);
    expect(report.text).toContain('2 of 4 elements differ');
    expect(report.text).toContain('worst at [1, 0]');
    expect(report.maxAbs).toBe(9);
  });
});

describe('accumulatedTerms', () => {
  it('are the multiply-adds behind an element, or what a reduction folds into it', () => {
    expect(accumulatedTerms({ multiplyAdds: 16 * 8 * 27, operand: 108, result: 16 * 8 })).toBe(27);
    expect(accumulatedTerms({ multiplyAdds: 0, operand: 49 * 8, result: 8 })).toBe(49);
    expect(accumulatedTerms({ multiplyAdds: 0, operand: 8, result: 16 })).toBe(1);
    expect(accumulatedTerms({ multiplyAdds: 0, operand: 0, result: 0 })).toBe(1);
  });
});

describe('resultTolerance', () => {
  it('grows with the terms and the size of the result, and a half adds its rounding', () => {
    const single = resultTolerance(floats(3, -4), 16, false);
    expect(single.rtol).toBe(1e-4);
    expect(single.atol).toBeCloseTo(4e-5 * Math.sqrt(12.5), 9);
    expect(resultTolerance(floats(3, NaN, -4, Infinity), 16, false)).toEqual(single);
    const half = resultTolerance(floats(3, -4), 16, true);
    expect(half.rtol - single.rtol).toBeCloseTo(2 ** -10, 9);
    expect(half.atol - single.atol).toBeCloseTo(2 ** -14, 9);
  });

  it('is nothing for integers', () => {
    expect(resultTolerance(tensorOf('int32', [2], [1000, 2000]), 16, false)).toEqual({ rtol: 0, atol: 0 });
  });
});
