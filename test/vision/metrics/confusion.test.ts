/** Overlap of masks and crowds, confusion matrices and what is derived of them: by hand, and scikit-learn's numbers. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/core/errors.ts';
import { boxArea, intersectionOverUnion } from '../../../src/vision/decode/boxes.ts';
import { addConfusion, confusionMatrix, confusionReport } from '../../../src/vision/metrics/confusion.ts';
import { detectionConfusion } from '../../../src/vision/metrics/detection-confusion.ts';
import {
  diceCoefficient,
  intersectionOverFirst,
  maskIntersectionOverFirst,
  maskIntersectionOverUnion,
} from '../../../src/vision/metrics/overlap.ts';
import examples from './worked-examples.json' with { type: 'json' };

const corners = (x1: number, y1: number, x2: number, y2: number) => ({ x1, y1, x2, y2 });

const square = (x: number, index: number, score = 1) => ({ x, y: 0, width: 10, height: 10, index, score });

describe('overlap', () => {
  it('of boxes by both conventions', () => {
    const [a, b] = [corners(0, 0, 9, 9), corners(5, 0, 14, 9)];
    // Continuous: 4·9 of 81 + 81 − 36; inclusive: 5·10 of 100 + 100 − 50.
    expect(intersectionOverUnion(a, b)).toBeCloseTo(36 / 126, 12);
    expect(intersectionOverUnion(a, b, 'inclusive')).toBeCloseTo(50 / 150, 12);
    // One pixel has no extent on a plane, and touching boxes share a column of pixels.
    const pixel = corners(3, 3, 3, 3);
    expect([boxArea(pixel), boxArea(pixel, 'inclusive')]).toEqual([0, 1]);
    expect(intersectionOverUnion(pixel, pixel, 'inclusive')).toBe(1);
    expect(intersectionOverUnion(corners(0, 0, 1, 0), corners(1, 0, 2, 0), 'inclusive')).toBeCloseTo(1 / 3, 12);
  });

  it('with a crowd is over the detection alone', () => {
    const crowd = corners(0, 0, 100, 100);
    expect(intersectionOverFirst(corners(10, 10, 20, 20), crowd)).toBe(1);
    expect(intersectionOverFirst(corners(90, 0, 110, 10), crowd)).toBe(0.5);
    expect(intersectionOverFirst(corners(5, 5, 5, 5), crowd)).toBe(0);
  });

  it('of masks', () => {
    const [a, b] = [Uint8Array.of(1, 1, 0, 0, 255), [false, true, true, false, true]];
    expect(maskIntersectionOverUnion(a, b)).toBe(2 / 4);
    expect(maskIntersectionOverFirst(a, b)).toBe(2 / 3);
    expect(diceCoefficient(a, b)).toBe(4 / 6);
    expect(maskIntersectionOverUnion([0, 0], [0, 1])).toBe(0);
    expect(maskIntersectionOverUnion([0, 0], [0, 0])).toBeNaN();
    expect(() => diceCoefficient([1], [1, 0])).toThrow(InputError);
    expect(() => maskIntersectionOverUnion([1], [1, 0])).toThrow('masks of 1 and 2 pixels');
  });
});

describe('confusion matrices', () => {
  it('have the truth in rows', () => {
    const { truth, predicted, counts } = examples.scikitLearn.confusion;
    expect([...confusionMatrix(truth, predicted, { classes: 3 }).counts]).toEqual(counts);
  });

  it('give scikit-learn’s scores', () => {
    const { truth, rows, ...expected } = examples.random.classes;
    const predicted = rows.map((row) => row.indexOf(Math.max(...row)));
    const report = confusionReport(confusionMatrix(truth, predicted, { classes: 4 }));
    for (const [i, scores] of report.classes.entries()) {
      expect(scores.precision).toBeCloseTo(expected.precision[i] ?? NaN, 12);
      expect(scores.recall).toBeCloseTo(expected.recall[i] ?? NaN, 12);
      expect(scores.f1).toBeCloseTo(expected.f1[i] ?? NaN, 12);
      expect(scores.iou).toBeCloseTo(expected.iou[i] ?? NaN, 12);
    }
    expect(report.accuracy).toBeCloseTo(expected.accuracy, 12);
    expect(report.meanRecall).toBeCloseTo(expected.balancedAccuracy, 12);
    expect(report.meanIoU).toBeCloseTo(expected.meanIoU, 12);
  });

  it('of class maps leave out a label, and classes that are nowhere', () => {
    // Of seven pixels that count five are right: class 0 has 2 of 4, class 1 3 of 5, class 2 is nowhere, and class 3 is only predicted.
    const truth = [0, 0, 0, 1, 1, 1, 1, 255];
    const predicted = [0, 0, 1, 1, 1, 1, 3, 0];
    const report = confusionReport(confusionMatrix(truth, predicted, { classes: 4, ignore: 255 }));
    expect(report.classes.map(({ iou }) => iou)).toEqual([2 / 3, 3 / 5, NaN, 0]);
    expect(report.accuracy).toBe(5 / 7);
    expect(report.meanIoU).toBeCloseTo((2 / 3 + 3 / 5 + 0) / 3, 12);
    expect(report.meanRecall).toBeCloseTo((2 / 3 + 3 / 4) / 2, 12);
    expect(report.frequencyWeightedIoU).toBeCloseTo((3 * (2 / 3) + 4 * (3 / 5)) / 7, 12);
    expect(report.classes[2]).toMatchObject({ truths: 0, predicted: 0, precision: NaN, recall: NaN, f1: NaN });
  });

  it('are added, and refused where they do not fit', () => {
    const one = confusionMatrix([0, 1], [0, 0], { classes: 2 });
    expect([...addConfusion([one, one]).counts]).toEqual([2, 0, 2, 0]);
    expect([...one.counts]).toEqual([1, 0, 1, 0]);
    expect(() => addConfusion([])).toThrow(InputError);
    expect(() => addConfusion([one, confusionMatrix([], [], { classes: 3 })])).toThrow('2 and 3 classes');
    expect(() => confusionMatrix([0], [0, 1], { classes: 2 })).toThrow('no pairs');
    expect(() => confusionMatrix([255], [0], { classes: 2 })).toThrow('255 is none of the classes 0 to 1');
    expect(() => confusionMatrix([0], [2], { classes: 2 })).toThrow(InputError);
    expect(() => confusionMatrix([NaN], [0], { classes: 2 })).toThrow(InputError);
    expect(() => confusionMatrix([], [], { classes: 0 })).toThrow(InputError);
    expect(() => confusionReport({ size: 2, counts: new Float64Array(3) })).toThrow(InputError);
    expect(confusionReport(confusionMatrix([], [], { classes: 2 })).accuracy).toBeNaN();
  });
});

describe('the confusion of a detector', () => {
  it('has the background last', () => {
    const pictures = [
      {
        // Right, a second time, of another class, too faint, and where nothing is.
        found: [square(0, 0), square(1, 0), square(100, 1), square(200, 0, 0.1), square(300, 1)],
        truths: [square(0, 0), square(101, 0), square(200, 0)],
      },
    ];
    const { size, counts } = detectionConfusion(pictures, { classes: 2 });
    expect(size).toBe(3);
    expect([...counts]).toEqual([1, 1, 1, 0, 0, 0, 1, 1, 0]);
  });

  it('pairs the largest overlap first, whatever the scores', () => {
    const pictures = [{ found: [square(3, 1, 0.9), square(1, 0, 0.4)], truths: [square(0, 0)] }];
    expect([...detectionConfusion(pictures, { classes: 2 }).counts]).toEqual([1, 0, 0, 0, 0, 0, 0, 1, 0]);
  });

  it('refuses classes beyond their number, and options out of range', () => {
    const pictures = [{ found: [square(0, 2)], truths: [] }];
    expect(() => detectionConfusion(pictures, { classes: 2 })).toThrow('2 is none of the classes 0 to 1');
    expect(() => detectionConfusion([], { classes: 2, iou: 0 })).toThrow(InputError);
    expect(() => detectionConfusion([], { classes: 2, threshold: NaN })).toThrow(InputError);
    expect(() => detectionConfusion([], { classes: 1.5 })).toThrow(InputError);
  });
});
