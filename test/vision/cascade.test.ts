/** What is made of the numbers of MTCNN's networks: sizes, boxes of cells, sides, squares, and which boxes stay. */
import { describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import { range } from '../../src/util/arrays.ts';
import {
  bestApart,
  cellCandidates,
  isSeen,
  pyramidLevels,
  regressed,
  squared,
} from '../../src/vision/decode/cascade.ts';

describe('the pyramid', () => {
  it('begins where the smallest face is a cell, and ends where the shorter side is', () => {
    expect(pyramidLevels({ width: 40, height: 24 }, 12)).toEqual([
      { width: 40, height: 24 },
      { width: 29, height: 18 },
      { width: 21, height: 13 },
    ]);
    expect(pyramidLevels({ width: 400, height: 100 }, 48)).toEqual([
      { width: 100, height: 25 },
      { width: 71, height: 18 },
      { width: 51, height: 13 },
    ]);
  });

  it('has no level of a picture that is smaller than a face, nor a larger one than networks are shown', () => {
    expect(pyramidLevels({ width: 300, height: 19 }, 20)).toEqual([]);
    const levels = pyramidLevels({ width: 8000, height: 6000 }, 20);
    expect(Math.max(...levels.map(({ width }) => width))).toBeLessThanOrEqual(1920);
    expect(levels.at(-1)?.height).toBeLessThan(18);
  });
});

describe('boxes', () => {
  it('are those of cells that score enough, in pixels of the picture', () => {
    const scores = tensorOf('float32', [1, 2, 2, 3], [...range(6).map(() => 0.5), 0.1, 0.6, 0.2, NaN, 0.3, 0.9]);
    const offsets = tensorOf('float32', [1, 4, 2, 3], range(24));
    const level = { width: 16, height: 14 };
    expect(cellCandidates({ scores, offsets }, level, { width: 32, height: 42 }, 0.6)).toEqual([
      { x1: 4, y1: 0, x2: 28, y2: 36, score: expect.closeTo(0.6, 6), offsets: [1, 7, 13, 19] },
      { x1: 8, y1: 6, x2: 32, y2: 42, score: expect.closeTo(0.9, 6), offsets: [5, 11, 17, 23] },
    ]);
  });

  it('have their sides where offsets say, and squares about their middles', () => {
    const box = { x1: 10, y1: 20, x2: 30, y2: 60, score: 1, offsets: [0.5, -0.25, 0.25, 0] };
    expect(regressed(box)).toMatchObject({ x1: 20, y1: 10, x2: 35, y2: 60 });
    expect(squared(box)).toMatchObject({ x1: 0, y1: 20, x2: 40, y2: 60 });
  });

  it('stay, best first, where they share little with a better one: of both, or of the smaller', () => {
    const large = { x1: 0, y1: 0, x2: 10, y2: 10, score: 0.8 };
    const within = { x1: 0, y1: 0, x2: 5, y2: 10, score: 0.9 };
    const apart = { x1: 8, y1: 0, x2: 18, y2: 10, score: 0.85 };
    expect(bestApart([large, within, apart], 0.5)).toEqual([within, apart, large]);
    expect(bestApart([large, within, apart], 0.49)).toEqual([within, apart]);
    expect(bestApart([large, within, apart], 0.7, 'smaller')).toEqual([within, apart]);
    expect(bestApart([large, apart], 0.2, 'smaller')).toEqual([apart, large]);
  });

  it('are not looked at without extents, or where they are not finite', () => {
    expect(isSeen({ x1: 0, y1: 0, x2: 1, y2: 1 })).toBe(true);
    for (const x2 of [0, -1, NaN, Infinity]) expect(isSeen({ x1: 0, y1: 0, x2, y2: 1 })).toBe(false);
  });
});
