/** Ranking scores and reading labels. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { softmax, topK, toProbabilities } from '../../src/vision/decode/classes.ts';
import { parseLabels } from '../../src/vision/decode/label-lines.ts';

describe('topK', () => {
  it('ranks, ties by index, NaN last', () => {
    expect(topK([0.1, NaN, 0.5, -Infinity, 0.5], 9).map((r) => r.index)).toEqual([2, 4, 0, 1, 3]);
    expect(topK(Float32Array.of(1, 3, 2), 2, ['a', 'b', 'c'])).toEqual([
      { index: 1, label: 'b', score: 3 },
      { index: 2, label: 'c', score: 2 },
    ]);
    expect(topK([1], 1)).toEqual([{ index: 0, score: 1 }]);
  });

  it('refuses what makes no sense', () => {
    expect(() => topK([1], 0)).toThrow(InputError);
    expect(() => topK([1], 1.5)).toThrow(InputError);
    expect(() => topK([], 1)).toThrow(/no scores/);
    expect(() => topK([1, 2], 1, ['only'])).toThrow(/1 labels for 2 scores/);
  });
});

describe('softmax', () => {
  it('is right for small and huge logits', () => {
    const [a = 0, b = 0] = softmax([0, Math.log(3)]);
    expect(a).toBeCloseTo(0.25, 7);
    expect(b).toBeCloseTo(0.75, 7);
    expect([...softmax([1000, 1000, -1000])]).toEqual([0.5, 0.5, 0]);
  });
});

describe('toProbabilities', () => {
  it('leaves probabilities as they are, also where halves add up to a little less', () => {
    for (const scores of [
      [0.7, 0.3],
      [0.703, 0.293],
      [1, 0],
    ])
      expect(toProbabilities(scores)).toBe(scores);
  });

  it('takes all else for logits', () => {
    for (const scores of [
      [2, -1],
      [0.5, 0.2],
      [0.9, 0.9],
      [0, 0],
      [0.5, 1.25],
      [-0.25, 0.5],
    ])
      expect(toProbabilities(scores)).toEqual(softmax(scores));
  });

  it('leaves those in eight bits as they are, whatever they sum to', () => {
    // A thousand classes that each round by up to half a step: the sum of a softmax may be anything between 0 and 3.
    const many = Float32Array.from({ length: 1001 }, (_, i) => (i === 286 ? 187 / 256 : i < 40 ? 1 / 256 : 0));
    expect(toProbabilities(many)).toBe(many);
    // Of other scales than softmax has, it is known from what their integers can stand for.
    const odd = [0.3, 0.45, 0];
    expect(toProbabilities(odd, [0, 0.999])).toBe(odd);
    expect(toProbabilities([0, 0], [0, 1])).toEqual([0, 0]);
    expect(toProbabilities(odd, [-0.5, 0.499])).toEqual(softmax(odd));
    expect(toProbabilities(odd, [0, 6])).toEqual(softmax(odd));
    expect(toProbabilities(odd, [0, 255 * Math.fround(1 / 255)])).toBe(odd);
    // Logits whose steps are of 1/64, none beyond 1 in this picture.
    const logits = [0.5, 0.25, 0];
    expect(toProbabilities(logits, [-2, 127 / 64])).toEqual(softmax(logits));
  });
});

describe('parseLabels', () => {
  it('reads lines and drops WordNet ids', () => {
    expect(parseLabels('\n')).toEqual([]);
    expect(parseLabels('a\r\n b \n\nc\n\n')).toEqual(['a', 'b', '', 'c']);
    expect(parseLabels('n01440764 tench, Tinca tinca\nn01443537 goldfish\n')).toEqual([
      'tench, Tinca tinca',
      'goldfish',
    ]);
    expect(parseLabels('n01440764 tench\nplain')).toEqual(['n01440764 tench', 'plain']);
    expect(parseLabels('\uFEFFn01440764 tench', 'lines')).toEqual(['n01440764 tench']);
  });
});
