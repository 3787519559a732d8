/** How lists of boxes of two backends are compared. */
import { describe, expect, it } from 'vitest';
import { boxDifference } from '../../src/cli/box-difference.ts';
import type { Detection } from '../../src/vision/decode/detections.ts';

const box = (index: number, score: number, x: number): Detection => ({
  index,
  score,
  x,
  y: 10,
  width: 100,
  height: 50,
});

describe('boxDifference', () => {
  it('pairs boxes whatever their order, and gives the largest differences', () => {
    const a = [box(1, 0.9, 0), box(2, 0.5, 200), box(1, 0.5, 300)];
    const b = [box(1, 0.875, 0), box(1, 0.5, 300.25), box(2, 0.5, 200)];
    expect(boxDifference(a, b)).toEqual({ score: expect.closeTo(0.025, 9), pixels: 0.25 });
    expect(boxDifference(a, a)).toEqual({ score: 0, pixels: 0 });
  });

  it('takes a box that the other list lacks for one below its end, when both are as long', () => {
    const a = [box(1, 0.9, 0), box(1, 0.3, 200)];
    const b = [box(1, 0.9, 0), box(2, 0.299, 400)];
    expect(boxDifference(a, b).score).toBeCloseTo(0.001, 9);
  });

  it('notices another class, another place and a box too few', () => {
    const a = [box(1, 0.9, 0), box(1, 0.3, 200)];
    expect(boxDifference(a, [box(2, 0.9, 0), box(1, 0.3, 200)]).score).toBeCloseTo(0.6, 9);
    expect(boxDifference(a, [box(1, 0.9, 60), box(1, 0.3, 200)]).score).toBeCloseTo(0.6, 9);
    expect(boxDifference(a, [box(1, 0.3, 200)]).score).toBe(0.9);
    expect(boxDifference([], [box(1, 0.3, 200)]).score).toBe(0.3);
  });
});
