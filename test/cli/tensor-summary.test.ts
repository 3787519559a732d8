/** What is said of a tensor. */
import { describe, expect, it } from 'vitest';
import { summarise } from '../../src/cli/tensor-summary.ts';
import { tensorOf } from '../../src/core/tensor.ts';

describe('summarise', () => {
  it('leaves out of its figures what is not finite', () => {
    expect(summarise(tensorOf('float32', [4], [1, NaN, -3, Infinity]))).toEqual({
      min: -3,
      max: 1,
      mean: -1,
      nonFinite: 2,
      first: [1, NaN, -3, Infinity],
    });
    const none = { min: null, max: null, mean: null };
    expect(summarise(tensorOf('float32', [0], []))).toEqual({ ...none, nonFinite: 0, first: [] });
    expect(summarise(tensorOf('float32', [1], [NaN]))).toMatchObject({ ...none, nonFinite: 1 });
  });

  it('names the largest of what may be scores', () => {
    const scores = [0, 0, 0.5, 0, 0.25, 0, 0, 0, 0, 0.125];
    const { top = [] } = summarise(tensorOf('float32', [1, 10, 1, 1], scores));
    expect(top.map(({ index }) => index)).toEqual([2, 4, 9, 0, 1]);
    expect(summarise(tensorOf('float32', [2, 5], scores)).top).toBeUndefined();
    expect(summarise(tensorOf('int32', [10], [...scores.keys()])).top).toBeUndefined();
  });
});
