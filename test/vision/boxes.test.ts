/** Overlap and suppression by hand, and the way from boxes in the input to things in the picture. */
import { plainPicture } from '../../src/vision/plain-picture.ts';
import { describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import { InputError } from '../../src/core/errors.ts';
import { intersectionOverUnion, nonMaxSuppression, type ScoredBox } from '../../src/vision/decode/boxes.ts';
import { decodeCenterMap } from '../../src/vision/decode/center-map.ts';
import { toDetections } from '../../src/vision/decode/detections.ts';

const box = (corners: readonly [number, number, number, number], score = 1, index = 0): ScoredBox => ({
  x1: corners[0],
  y1: corners[1],
  x2: corners[2],
  y2: corners[3],
  score,
  index,
});

describe('intersection over union', () => {
  it('is the shared area over the area of both', () => {
    expect(intersectionOverUnion(box([0, 0, 2, 2]), box([1, 0, 3, 2]))).toBeCloseTo(2 / 6);
    expect(intersectionOverUnion(box([0, 0, 2, 2]), box([0, 0, 2, 2]))).toBe(1);
    expect(intersectionOverUnion(box([0, 0, 4, 4]), box([1, 1, 2, 3]))).toBeCloseTo(2 / 16);
  });

  it('is 0 for boxes that touch, lie apart, or have no area', () => {
    expect(intersectionOverUnion(box([0, 0, 1, 1]), box([1, 0, 2, 1]))).toBe(0);
    expect(intersectionOverUnion(box([0, 0, 1, 1]), box([5, 5, 6, 6]))).toBe(0);
    expect(intersectionOverUnion(box([1, 1, 1, 1]), box([1, 1, 1, 1]))).toBe(0);
    expect(intersectionOverUnion(box([0, 0, NaN, 1]), box([0, 0, 1, 1]))).toBe(0);
  });
});

describe('suppression', () => {
  const boxes = [
    box([0, 0, 10, 10], 0.5),
    box([1, 0, 11, 10], 0.9),
    box([0, 0, 10, 10], 0.6, 1),
    box([50, 0, 60, 9], 0.4),
  ];

  it('keeps the best of those that overlap, within each class', () => {
    expect(nonMaxSuppression(boxes, { iou: 0.5, max: 9 }).map(({ score }) => score)).toEqual([0.9, 0.6, 0.4]);
    expect(nonMaxSuppression(boxes, { iou: 1, max: 9 })).toHaveLength(4);
    expect(nonMaxSuppression(boxes, { iou: 0.5, max: 2 }).map(({ score }) => score)).toEqual([0.9, 0.6]);
    expect(nonMaxSuppression([], { iou: 0.5, max: 2 })).toEqual([]);
  });

  it('leaves out boxes without a score, wherever they stand', () => {
    const unknown = box([0, 0, 10, 10], NaN);
    const some = [unknown, box([0, 0, 4, 4], 0.2), unknown, box([20, 0, 24, 4], 0.7), unknown];
    expect(nonMaxSuppression(some, { iou: 0.5, max: 9 }).map(({ score }) => score)).toEqual([0.7, 0.2]);
  });

  it('refuses options out of range', () => {
    expect(() => nonMaxSuppression(boxes, { iou: 1.5, max: 2 })).toThrow(InputError);
    expect(() => nonMaxSuppression(boxes, { iou: NaN, max: 2 })).toThrow(InputError);
    expect(() => nonMaxSuppression(boxes, { iou: 0.5, max: 0 })).toThrow(InputError);
  });
});

describe('maps of centres', () => {
  it('gives the peaks of each class with the box around them', () => {
    const scores = tensorOf('float32', [1, 2, 3, 2], [0.9, 0.1, 0.2, 0.7, 0, 0, 0.8, 0, 0, 0, 0, 0.3]);
    const extents = tensorOf(
      'float32',
      [1, 2, 3, 4],
      Array.from({ length: 24 }, (_, i) => i),
    );
    const found = decodeCenterMap({ scores, extents }, { stride: 4, threshold: 0.25, max: 9 });
    expect(found.map(({ score, index }) => [Math.fround(score), index])).toEqual([
      [Math.fround(0.9), 0],
      [Math.fround(0.7), 1],
    ]);
    expect(found[0]).toMatchObject({ x1: 0, y1: -1, x2: 2, y2: 3 });
    expect(found[1]).toMatchObject({ x1: 4 - 4, y1: -5, x2: 4 + 6, y2: 7 });
    expect(decodeCenterMap({ scores, extents }, { stride: 4, threshold: 0.25, max: 1 })).toHaveLength(1);
    expect(() => decodeCenterMap({ scores, extents: scores }, { stride: 4, threshold: 0, max: 1 })).toThrow(InputError);
    for (const options of [undefined, {}, { threshold: 0.25, max: 9 }, { stride: 4, threshold: NaN, max: 9 }]) {
      expect(() => decodeCenterMap({ scores, extents }, options as never)).toThrow(InputError);
    }
  });
});

it.each([0, 1, 2, 3, 5, 6, 7, 8])('a centre is no peak beside a higher one, wherever that is: %i', (higher) => {
  const scores = tensorOf('float32', [1, 3, 3, 1], [0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const extents = tensorOf(
    'float32',
    [1, 3, 3, 4],
    Array.from({ length: 36 }, () => 1),
  );
  scores.data[4] = 0.5;
  scores.data[higher] = 0.75;
  const found = decodeCenterMap({ scores, extents }, { stride: 4, threshold: 0.25, max: 9 });
  expect(found.map(({ score }) => score)).toEqual([0.75]);
});

describe('detections', () => {
  const spec = plainPicture(100, 100, { fit: 'contain' });
  const picture = { width: 400, height: 200 };

  it('are in the picture’s own pixels, cut at its border, best first', () => {
    // The picture fills rows 25 to 75 of the input, at a quarter of its size.
    const kept = [
      box([90, 20, 120, 80], 0.9),
      box([0, 0, 100, 20], 0.8),
      box([10, 30, 30, 50], 0.5, 1),
      box([1, 30, NaN, 31], 0.4),
      box([1, 30, 2, 31], 0.1),
    ];
    expect(toDetections(kept, picture, spec, { labels: ['cat', 'dog'], max: 2 })).toEqual([
      { x: 360, y: 0, width: 40, height: 200, score: 0.9, index: 0, label: 'cat' },
      { x: 40, y: 20, width: 80, height: 80, score: 0.5, index: 1, label: 'dog' },
    ]);
    expect(toDetections(kept, picture, spec)).toHaveLength(3);
    expect(toDetections(kept, picture, spec)[0]).not.toHaveProperty('label');
  });

  it('are of the classes that are asked for', () => {
    const kept = [box([0, 30, 30, 50], 0.9), box([0, 30, 30, 50], 0.8, 1), box([0, 30, 30, 50], 0.7, 2)];
    const classes = (choice: Parameters<typeof toDetections>[3]): number[] =>
      toDetections(kept, picture, spec, { labels: ['cat', 'dog'], ...choice }).map(({ index }) => index);
    expect(classes({ allow: ['dog', 2] })).toEqual([1, 2]);
    expect(classes({ deny: [0] })).toEqual([1, 2]);
    expect(classes({ allow: ['dog', 'cat'], deny: ['cat'] })).toEqual([1]);
    expect(classes({ allow: [] })).toEqual([]);
    expect(() => classes({ deny: ['dgo'] })).toThrow('there is no class "dgo"');
    expect(() => classes({ allow: [-1] })).toThrow('there is no class "-1"');
  });
});
