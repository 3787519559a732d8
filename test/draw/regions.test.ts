/** Outlines of regions: those of small maps exactly, and of random ones by the area that they go around. */
import { describe, expect, it } from 'vitest';
import { outlineRegions, type Outline } from '../../src/draw/regions.ts';
import { randomSource } from '../helpers/random.ts';

const mapOf = (...rows: string[]): { width: number; height: number; data: number[] } => ({
  width: rows[0]?.length ?? 0,
  height: rows.length,
  data: rows.flatMap((row) => [...row].map(Number)),
});

/** Twice the area within, clockwise ones positive. */
const doubleArea = (outline: Outline): number => {
  let sum = 0;
  for (let i = 0; i < outline.length; i += 2) {
    const [x1 = 0, y1 = 0] = outline.slice(i, i + 2);
    const [x2 = 0, y2 = 0] = [...outline, ...outline].slice(i + 2, i + 4);
    sum += x1 * y2 - x2 * y1;
  }
  return sum;
};

describe('outlines of regions', () => {
  it('go through the middles of the edges of pixels, clockwise', () => {
    expect(outlineRegions(mapOf('000', '010', '000'), 0)).toEqual(new Map([[1, [[1.5, 1, 2, 1.5, 1.5, 2, 1, 1.5]]]]));
    expect(outlineRegions(mapOf('11', '11'), 0).get(1)).toEqual([
      [0.5, 0, 1.5, 0, 2, 0.5, 2, 1.5, 1.5, 2, 0.5, 2, 0, 1.5, 0, 0.5],
    ]);
  });

  it('go around holes the other way, and around parts that meet at a corner each', () => {
    const ring = outlineRegions(mapOf('111', '101', '111'), 0).get(1) ?? [];
    expect(ring.map((outline) => Math.sign(doubleArea(outline)))).toEqual([1, -1]);
    expect(outlineRegions(mapOf('10', '01'), 0).get(1)).toHaveLength(2);
  });

  it('are there for every number but the one left out', () => {
    const map = mapOf('012', '012');
    expect([...outlineRegions(map).keys()]).toEqual([0, 1, 2]);
    expect([...outlineRegions(map, 1).keys()]).toEqual([0, 2]);
    expect(outlineRegions({ width: 0, height: 0, data: [] })).toEqual(new Map());
  });

  it('enclose as much as there are pixels, but for the corners that they cut', () => {
    const random = randomSource(5);
    const data = Array.from({ length: 40 * 30 }, () => Math.floor(random() * 3));
    for (const [value, outlines] of outlineRegions({ width: 40, height: 30, data })) {
      const area = outlines.reduce((sum, outline) => sum + doubleArea(outline) / 2, 0);
      const corners = cornersOf(data, value);
      // Each corner that points outwards loses an eighth of a pixel, and each that points inwards gains one.
      expect(area).toBeCloseTo(data.filter((v) => v === value).length - corners / 8, 6);
    }
  });
});

/** Corners of a region that point outwards less those that point inwards. */
function cornersOf(data: readonly number[], value: number): number {
  const is = (x: number, y: number): number =>
    Number(x >= 0 && y >= 0 && x < 40 && y < 30 && data[y * 40 + x] === value);
  let corners = 0;
  for (let y = 0; y <= 30; y++) {
    for (let x = 0; x <= 40; x++) {
      const [a, b, c, d] = [is(x - 1, y - 1), is(x, y - 1), is(x - 1, y), is(x, y)];
      const count = a + b + c + d;
      if (count === 1) corners++;
      else if (count === 3) corners--;
      else if (count === 2 && a === d) corners += 2;
    }
  }
  return corners;
}
