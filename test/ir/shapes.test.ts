/** Shape rules that inference, references and kernels share. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/core/errors.ts';
import { isPointwise } from '../../src/ir/shapes/pointwise.ts';
import { partSizes } from '../../src/ir/shapes/split.ts';

describe('partSizes', () => {
  it.each<[extent: number, count: number, sizes: number[], parts: number[]]>([
    [6, 3, [], [2, 2, 2]],
    [0, 2, [], [0, 0]],
    [5, 3, [0, 5, 0], [0, 5, 0]],
  ])('%d in %d parts of %j: %j', (extent, count, sizes, parts) => {
    expect(partSizes(extent, count, sizes)).toEqual(parts);
  });

  it.each<[extent: number, count: number, sizes: number[]]>([
    [5, 2, [2, 2]],
    [5, 3, [2, 3]],
    [5, 2, [6, -1]],
    [3, 5, []],
    [7, 3, []],
    [5, 2, [2.5, 2.5]],
  ])('%d cannot be %d parts of %j', (extent, count, sizes) => {
    expect(() => partSizes(extent, count, sizes)).toThrow(ShapeError);
  });
});

describe('isPointwise', () => {
  const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' } as const;

  it('is a window of one pixel, one step at a time, without padding', () => {
    expect(isPointwise(window, [1, 1])).toBe(true);
    expect(isPointwise({ ...window, padMode: 'sameUpper', pads: [] }, [1, 1])).toBe(true);
    expect(isPointwise({ ...window, dilations: [2, 2] }, [1, 1])).toBe(true);
    expect(isPointwise(window, [1, 3])).toBe(false);
    expect(isPointwise({ ...window, strides: [1, 2] }, [1, 1])).toBe(false);
    expect(isPointwise({ ...window, pads: [0, 0, 0, 1] }, [1, 1])).toBe(false);
  });
});
