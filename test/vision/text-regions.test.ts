/** Text in maps of probabilities whose rectangles are known, and the smallest rectangles around points beside a search by angles. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { textRegions } from '../../src/vision/decode/text-regions.ts';
import { rectangleCorners, turnedRectangle, type PlanePoint } from '../../src/vision/decode/turned-rectangle.ts';
import { randomSource } from '../helpers/random.ts';

const random = randomSource(23);
const CORNERS = [0, 1, 2, 3];

/** A turned rectangle: its centre, extents, and angle in degrees. */
type Turned = readonly [x: number, y: number, length: number, breadth: number, degrees: number];

/** The place of a pixel in a rectangle's own axes. */
function placeIn([cx, cy, , , degrees]: Turned, x: number, y: number): readonly [number, number] {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return [(x - cx) * cos + (y - cy) * sin, (y - cy) * cos - (x - cx) * sin];
}

/** A map that has `value` where the middle of a pixel lies in one of the rectangles, and 0.1 elsewhere. */
function mapOf(width: number, height: number, rectangles: readonly Turned[], value = 0.9) {
  const data = Float32Array.from({ length: width * height }, (_, i) => {
    const inside = rectangles.some((rectangle) => {
      const [u, v] = placeIn(rectangle, i % width, Math.floor(i / width));
      return Math.abs(u) <= rectangle[2] / 2 && Math.abs(v) <= rectangle[3] / 2;
    });
    return inside ? value : 0.1;
  });
  return { width, height, data };
}

/** The area of the rectangle around points whose sides have this angle. */
const bounds = (points: readonly PlanePoint[], degrees: number): number => {
  const places = points.map(({ x, y }) => placeIn([0, 0, 0, 0, degrees], x, y));
  const [us, vs] = [places.map(([u]) => u), places.map(([, v]) => v)];
  return (Math.max(...us) - Math.min(...us)) * (Math.max(...vs) - Math.min(...vs));
};

describe('textRegions', () => {
  it('grows an upright block of pixels by its area over its circumference, half as much again', () => {
    // Middles of pixels 10 to 50 and 20 to 30.
    const map = mapOf(100, 60, [[30, 25, 40, 10, 0]]);
    const by = (40 * 10 * 1.5) / (2 * (40 + 10));
    const [region, ...more] = textRegions(map, { width: 200, height: 60 });
    expect(more).toEqual([]);
    const [left, right, top, bottom] = [10.5 - by, 50.5 + by, 20.5 - by, 30.5 + by];
    const expected = [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ].flatMap(([x = NaN, y = NaN]) => [2 * x, y]);
    region?.outline
      .flatMap(({ x, y }) => [x, y])
      .forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 9));
    expect(region).toMatchObject({ x: 2 * left, y: top });
    expect(region?.width).toBeCloseTo(2 * (right - left), 9);
    expect(region?.score).toBeCloseTo(0.9, 6);
  });

  it.each([5, 20, 44, -30, -44])('finds text that is turned by %i degrees', (degrees) => {
    const rectangle: Turned = [80, 70, 90, 16, degrees];
    const [region, ...more] = textRegions(mapOf(160, 140, [rectangle]), { width: 160, height: 140 }, { unclip: 1 });
    expect(more).toEqual([]);
    const by = (90 * 16) / (2 * (90 + 16));
    const corners = (region?.outline ?? []).map(({ x, y }) => placeIn(rectangle, x - 0.5, y - 0.5));
    const expected = [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ].map(([u = NaN, v = NaN]) => [u * (45 + by), v * (8 + by)]);
    // Middles of pixels lie up to one pixel within the edge, and what it grows by follows.
    corners.forEach(([u, v], i) => {
      expect(Math.abs(u - (expected[i]?.[0] ?? NaN))).toBeLessThan(2);
      expect(Math.abs(v - (expected[i]?.[1] ?? NaN))).toBeLessThan(2);
    });
  });

  it('tells regions apart from the top, joins what touches at a corner, and leaves out what is thin, faint or beyond the most', () => {
    const picture = { width: 120, height: 90 };
    const lines: readonly Turned[] = [
      [60, 60, 80, 8, 0],
      [30, 20, 40, 8, 0],
      [90, 22, 40, 8, 0],
    ];
    const map = mapOf(120, 90, lines);
    expect(textRegions(map, picture).map(({ y }) => Math.floor(y))).toEqual([11, 13, 51]);
    expect(textRegions(map, picture, { max: 2 })).toHaveLength(2);
    expect(textRegions(map, picture, { threshold: 0.95 })).toEqual([]);
    expect(textRegions(map, picture, { pixelThreshold: 0.95 })).toEqual([]);
    expect(textRegions(mapOf(120, 90, [[60, 60, 80, 2, 0]]), picture)).toEqual([]);
    const corner = mapOf(120, 90, [
      [30, 20, 20, 8, 0],
      [51, 29, 20, 8, 0],
    ]);
    expect(textRegions(corner, picture, { threshold: 0.1 })).toHaveLength(1);
    expect(textRegions(mapOf(8, 8, []), picture)).toEqual([]);
  });

  it('keeps to the picture, whatever the map’s edge', () => {
    const map = mapOf(40, 30, [[20, 15, 80, 60, 0]]);
    const picture = { width: 400, height: 90 };
    expect(textRegions(map, picture)).toMatchObject([{ x: 0, y: 0, width: 400, height: 90 }]);
  });

  it('refuses what is no map of probabilities', () => {
    for (const value of [NaN, 1.5, -0.5, Infinity]) {
      const map = { width: 2, height: 1, data: Float32Array.of(0.5, value) };
      expect(() => textRegions(map, { width: 2, height: 1 })).toThrow(InputError);
    }
  });
});

describe('turnedRectangle', () => {
  it('is no larger than that of any angle, and has all points', () => {
    for (let round = 0; round < 40; round++) {
      const count = 1 + Math.floor(random() * 30);
      const points = Array.from({ length: count }, () => ({
        x: Math.floor(random() * 40),
        y: Math.floor(random() * 20),
      }));
      const found = turnedRectangle(points);
      const least = Math.min(...Array.from({ length: 900 }, (_, i) => bounds(points, i / 10)));
      expect(found.length * found.breadth).toBeLessThanOrEqual(least + 1e-9);
      const { centre, along } = found;
      for (const { x, y } of points) {
        const [dx, dy] = [x - centre.x, y - centre.y];
        expect(2 * Math.abs(dx * along.x + dy * along.y)).toBeLessThanOrEqual(found.length + 1e-9);
        expect(2 * Math.abs(dy * along.x - dx * along.y)).toBeLessThanOrEqual(found.breadth + 1e-9);
      }
    }
  });

  it('has no breadth around points on a line, and no extent around one', () => {
    const line = [0, 3, 1, 2].map((i) => ({ x: 2 * i, y: i }));
    const found = turnedRectangle(line);
    expect(found.length).toBeCloseTo(3 * Math.sqrt(5), 12);
    expect(found.breadth).toBeCloseTo(0, 12);
    expect(rectangleCorners(turnedRectangle([{ x: 4, y: 5 }])).map(({ x, y }) => [x, y])).toEqual(
      CORNERS.map(() => [4, 5]),
    );
  });
});
