/** Places of labels: the usual ones exactly, and of hundreds of random boxes that none covers another or leaves the picture. */
import { describe, expect, it } from 'vitest';
import { placeLabels, touch, type LabelRequest } from '../../src/draw/place-labels.ts';
import { range } from '../../src/util/arrays.ts';
import { randomSource } from '../helpers/random.ts';

const PICTURE = { width: 200, height: 100 };

const request = (x: number, y: number, width: number, height: number): LabelRequest => ({
  width: 40,
  height: 10,
  box: { x, y, width, height },
});

const placesOf = (...requests: LabelRequest[]): unknown[] =>
  placeLabels(requests, PICTURE, 1).map((place) => place && [place.x, place.y]);

describe('a label', () => {
  it('lies above its box, from its left edge', () => {
    expect(placesOf(request(50, 30, 60, 50))).toEqual([[50, 20]]);
  });

  it('lies inside a large box at the upper edge of the picture, and below a small one', () => {
    expect(placesOf(request(50, 3, 60, 50))).toEqual([[50, 3]]);
    expect(placesOf(request(50, 3, 20, 20))).toEqual([[50, 23]]);
  });

  it('is moved into the picture at its sides', () => {
    expect(placesOf(request(180, 30, 15, 15))).toEqual([[160, 20]]);
  });

  it('gives way to those before it', () => {
    const box = request(50, 30, 60, 50);
    expect(placesOf(box, box, box)).toEqual([
      [50, 20],
      [50, 70],
      [110, 30],
    ]);
  });

  it('does not cover what else there is, where another place is free', () => {
    const small = request(55, 18, 10, 10);
    expect(placesOf(request(50, 30, 20, 20), small)[0]).toEqual([50, 50]);
    // Of a large thing little is covered.
    expect(placesOf(request(50, 30, 20, 20), request(0, 0, 200, 100))[0]).toEqual([50, 20]);
  });

  it('goes to the nearest place that is free, with a line to its box', () => {
    const places = placeLabels(
      range(12).map(() => request(80, 40, 10, 10)),
      PICTURE,
      1,
    );
    expect(places.filter((place) => place === undefined)).toEqual([]);
    const moved = places.filter((place) => place?.leader);
    expect(moved.length).toBeGreaterThan(2);
    for (const place of moved) {
      const [x1, y1, x2 = NaN, y2 = NaN] = place?.leader ?? [];
      expect(x2 >= 80 && x2 <= 90 && y2 >= 40 && y2 <= 50).toBe(true);
      expect(x1).toBeGreaterThanOrEqual(place?.x ?? NaN);
      expect(y1).toBeGreaterThanOrEqual(place?.y ?? NaN);
    }
  });

  it('finds no place where it is larger than the picture, or nothing is free', () => {
    expect(placeLabels([{ ...request(0, 0, 9, 9), width: 201 }], PICTURE, 1)).toEqual([undefined]);
    const places = placeLabels(
      range(200).map(() => request(80, 40, 10, 10)),
      PICTURE,
      1,
    );
    // 4 columns of 40 and 9 rows of 10, a pixel between them.
    expect(places.filter(Boolean).length).toBeGreaterThan(20);
    expect(places.findIndex((place) => !place)).toBeGreaterThan(20);
  });
});

it('of random boxes no label covers another or leaves the picture, and where there is room all have one', () => {
  const random = randomSource(15);
  for (let round = 0; round < 40; round++) {
    const picture = { width: 300 + Math.floor(random() * 900), height: 200 + Math.floor(random() * 600) };
    const count = 1 + Math.floor(random() * 100);
    const whole = (limit: number): number => Math.floor(random() * limit);
    const requests = range(count).map((): LabelRequest => {
      const [width, height] = [whole(picture.width), whole(picture.height)];
      const box = { x: whole(picture.width - width), y: whole(picture.height - height), width, height };
      return { width: 20 + whole(100), height: 15, box };
    });
    const placed = placeLabels(requests, picture, 1);
    for (const [i, a] of placed.entries()) {
      if (!a) continue;
      expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= picture.width && a.y + a.height <= picture.height).toBe(true);
      expect(placed.slice(i + 1).some((b) => b && touch(a, b, 1))).toBe(false);
    }
    const asked = requests.reduce((sum, { width, height }) => sum + (width + 1) * (height + 1), 0);
    if (asked < 0.4 * picture.width * picture.height) expect(placed.filter((place) => !place)).toEqual([]);
  }
});
