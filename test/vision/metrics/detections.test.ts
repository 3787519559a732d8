/** Average precision by the rules of VOC and COCO: Padilla’s example, pycocotools’ numbers, and matches by hand. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/core/errors.ts';
import { detectionAveragePrecision, detectionCurve } from '../../../src/vision/metrics/average-precision.ts';
import { evaluateCoco } from '../../../src/vision/metrics/evaluate-coco.ts';
import { evaluateVoc } from '../../../src/vision/metrics/evaluate-voc.ts';
import type { EvaluatedPicture, GroundTruth } from '../../../src/vision/metrics/evaluated-picture.ts';
import { correctKeypoints, objectKeypointSimilarity } from '../../../src/vision/metrics/key-point-scores.ts';
import { matchCoco, matchVoc } from '../../../src/vision/metrics/matching.ts';
import examples from './worked-examples.json' with { type: 'json' };

/** A square of ten pixels. */
const square = (x: number, more: Partial<GroundTruth & { score: number }> = {}) => ({
  x,
  y: 0,
  width: 10,
  height: 10,
  index: 0,
  score: 1,
  ...more,
});

const placed = ([x = 0, y = 0, width = 0, height = 0, index = 0]: readonly number[]) => ({
  x,
  y,
  width,
  height,
  index,
});

/** Points on the axis. */
const line = (xs: readonly number[]) => xs.map((x) => ({ x, y: 0 }));

const outcomes = (matched: readonly { readonly outcome: string }[]): string[] => matched.map((m) => m.outcome);

describe('average precision', () => {
  it('Padilla’s 24 detections of 15 objects', () => {
    const { scores, right, truths, precision, voc07, voc10 } = examples.padilla2020;
    const matched = scores.map((score, i) => ({ score, outcome: right[i] ? ('right' as const) : ('wrong' as const) }));
    const curve = detectionCurve(matched, truths);
    // The table is cut after four places.
    expect(curve.map((point) => Math.floor(point.precision * 1e4 + 1e-9) / 1e4)).toEqual(precision);
    expect(curve.at(-1)?.recall).toBe(7 / 15);
    expect(detectionAveragePrecision(curve, 'voc07')).toBeCloseTo(voc07, 4);
    const area = detectionAveragePrecision(curve, 'voc10');
    expect(area).toBeCloseTo((1 + 2 / 3 + 4 * (3 / 7) + 7 / 23) / 15, 12);
    // Published are terms that were cut after four places.
    expect(area).toBeGreaterThan(voc10);
    expect(area).toBeLessThan(voc10 + 1e-4);
  });

  it('is 0 where nothing was found, and 1 where all was', () => {
    for (const rule of ['voc07', 'voc10', 'coco'] as const) {
      expect(detectionAveragePrecision([], rule)).toBe(0);
      expect(detectionAveragePrecision(detectionCurve([{ score: 1, outcome: 'right' }], 1), rule)).toBe(1);
    }
  });

  it('refuses curves that are none', () => {
    const right = { score: 1, outcome: 'right' } as const;
    expect(() => detectionCurve([right, right], 1)).toThrow('2 detections are right, and there are 1 truths');
    expect(() => detectionCurve([], NaN)).toThrow(InputError);
    expect(() => detectionCurve([{ score: NaN, outcome: 'wrong' }], 1)).toThrow(InputError);
    const falling = [
      { precision: 1, recall: 0.5 },
      { precision: 1, recall: 0.4 },
    ];
    expect(() => detectionAveragePrecision(falling, 'coco')).toThrow(InputError);
    expect(() => detectionAveragePrecision([{ precision: 1, recall: NaN }], 'coco')).toThrow(InputError);
    expect(() => detectionAveragePrecision([], 'voc12' as never)).toThrow('voc07, voc10 or coco');
  });
});

describe('VOC', () => {
  it('a truth is found once, and only by a detection that overlaps it most', () => {
    const truths = [square(0), square(7)];
    // The second overlaps the first truth more (8 of 12 against 5 of 15), which is found already.
    const found = [square(1, { score: 0.9 }), square(2, { score: 0.8 }), square(8, { score: 0.7 })];
    expect(outcomes(matchVoc(found, truths))).toEqual(['right', 'wrong', 'right']);
    expect(outcomes(matchVoc(found, truths, { iou: 0.9 }))).toEqual(['wrong', 'wrong', 'wrong']);
  });

  it('half of a union is enough, and pixels count their borders', () => {
    // Half: 6⅔ of 13⅓. Inclusive boxes of 11 pixels with 7 in common: 7 of 15.
    const third = 10 / 3;
    expect(outcomes(matchVoc([square(0)], [square(third)], { iou: 0.5 - 1e-12 }))).toEqual(['right']);
    expect(outcomes(matchVoc([square(0)], [{ ...square(0), width: 20 }]))).toEqual(['right']);
    expect(outcomes(matchVoc([square(0)], [square(4)], { iou: 0.45 }))).toEqual(['wrong']);
    expect(outcomes(matchVoc([square(0)], [square(4)], { iou: 0.45, convention: 'inclusive' }))).toEqual(['right']);
  });

  it('a difficult truth counts neither way', () => {
    const truths = [square(0, { difficult: true }), square(50)];
    const found = [square(0, { score: 0.9 }), square(1, { score: 0.8 }), square(50, { score: 0.7 })];
    expect(outcomes(matchVoc(found, truths))).toEqual(['ignored', 'ignored', 'right']);
    const { classes, meanAveragePrecision } = evaluateVoc([{ found, truths }]);
    expect(classes).toMatchObject([{ index: 0, truths: 1, averagePrecision: 1 }]);
    expect(meanAveragePrecision).toBe(1);
  });

  it('classes are ranked over all pictures, and those without a truth are left out of the mean', () => {
    const pictures: EvaluatedPicture[] = [
      { found: [square(0, { score: 0.6 }), square(90, { score: 0.9 })], truths: [square(0)] },
      { found: [square(0, { score: 0.8 }), square(0, { index: 7 })], truths: [square(0), square(50, { index: 3 })] },
    ];
    // Class 0, by score: wrong, right, right: precisions 0, 1/2, 2/3 at recalls 0, 1/2, 1. Class 3 is missed, class 7 made up.
    const { meanAveragePrecision, classes } = evaluateVoc(pictures);
    expect(classes.map((c) => [c.index, c.truths, c.averagePrecision])).toEqual([
      [0, 2, 2 / 3],
      [3, 1, 0],
      [7, 0, NaN],
    ]);
    expect(meanAveragePrecision).toBeCloseTo(1 / 3, 12);
    expect(evaluateVoc([]).meanAveragePrecision).toBeNaN();
    expect(evaluateVoc([{ found: [square(0)], truths: [] }]).meanAveragePrecision).toBeNaN();
  });

  it('refuses boxes that are none, and options out of range', () => {
    const bad: readonly [object, string][] = [
      [{ width: -1 }, 'detection 0 of picture 0 is no box'],
      [{ x: NaN }, 'no box'],
      [{ height: Infinity }, 'no box'],
      [{ score: NaN }, 'the score of detection 0 of picture 0 is NaN'],
      [{ index: 0.5 }, 'no index'],
      [{ area: -1 }, 'the area of'],
    ];
    for (const [more, message] of bad) {
      expect(() => evaluateVoc([{ found: [square(0, more)], truths: [] }]), message).toThrow(message);
      expect(() => evaluateCoco([{ found: [square(0, more)], truths: [] }]), message).toThrow(InputError);
    }
    expect(() => evaluateVoc([{ found: [], truths: [square(0, { width: -1 })] }])).toThrow('truth 0 of picture 0');
    expect(() => evaluateVoc([], { iou: 0 })).toThrow(InputError);
    expect(() => evaluateVoc([], { rule: 'coco' as never })).toThrow('It is one of "voc07", "voc10"');
    expect(() => evaluateCoco([], { max: 0 })).toThrow(InputError);
  });
});

describe('COCO', () => {
  it('pycocotools’ twelve numbers', () => {
    const { pictures, expected, classes } = examples.pycocotools;
    const evaluation = evaluateCoco(
      pictures.map(({ found, truths }) => ({
        found: found.map((row) => ({ ...placed(row), score: row[5] ?? NaN })),
        truths: truths.map((row) => ({ ...placed(row), crowd: row[5] === 1 })),
      })),
    );
    const { classes: own, ...numbers } = evaluation;
    expect(Object.keys(numbers)).toEqual(Object.keys(expected));
    for (const [name, value] of Object.entries(expected)) {
      expect(numbers[name as keyof typeof numbers], name).toBeCloseTo(value, 12);
    }
    // −1 says there that a class has no truth.
    for (const { index, ap } of own) {
      const value = classes[index] ?? NaN;
      if (value === -1) expect(ap).toBeNaN();
      else expect(ap).toBeCloseTo(value, 12);
    }
  });

  it('a detection takes the most alike of the truths that are free', () => {
    const truths = [square(0), square(4)];
    // Both overlap the second most, which the better one takes; under VOC's rule the other would be wrong.
    const found = [square(4, { score: 0.9 }), square(3, { score: 0.8 })];
    expect(matchCoco(found, truths)).toMatchObject([
      { outcome: 'right', truth: 1 },
      { outcome: 'right', truth: 0 },
    ]);
    expect(outcomes(matchVoc(found, truths))).toEqual(['right', 'wrong']);
  });

  it('a crowd is found by any number, and counts neither way', () => {
    const truths = [square(0, { width: 100, crowd: true }), square(0)];
    const found = [square(0), square(50, { score: 0.9 }), square(60, { score: 0.8 }), square(300, { score: 0.7 })];
    expect(outcomes(matchCoco(found, truths))).toEqual(['right', 'ignored', 'ignored', 'wrong']);
  });

  it('sizes outside the range are passed over, and so is what is beyond the number', () => {
    const found = [square(0), square(300, { score: 0.5 }), square(400, { score: 0.4, width: 200 })];
    expect(outcomes(matchCoco(found, [square(0)], { area: [0, 50] }))).toEqual(['ignored', 'ignored', 'ignored']);
    expect(outcomes(matchCoco(found, [square(0)], { area: [0, 100] }))).toEqual(['right', 'wrong', 'ignored']);
    expect(outcomes(matchCoco(found, [square(0)], { max: 2 }))).toEqual(['right', 'wrong']);
    // The area of the mask, where it is given, is what is asked.
    expect(outcomes(matchCoco([square(0)], [square(0, { area: 60 })], { area: [0, 70] }))).toEqual(['right']);
  });

  it('compares what it is told to, once a pair', () => {
    let compared = 0;
    const similarity = (): number => {
      compared++;
      return 0.72;
    };
    const { ap, ap50, ap75 } = evaluateCoco([{ found: [square(0)], truths: [square(500)] }], { similarity });
    // At overlaps of 0.5 to 0.7, five of ten.
    expect([ap, ap50, ap75, compared]).toEqual([0.5, 1, 0, 1]);
  });

  it('matching refuses what is out of range', () => {
    const one = [square(0)];
    expect(() => matchCoco(one, one, { similarity: () => NaN })).toThrow('is NaN');
    expect(() => matchCoco(one, one, { iou: NaN })).toThrow(InputError);
    expect(() => matchCoco(one, one, { area: [2, 1] })).toThrow('no range');
    expect(() => matchCoco(one, one, { max: 0.5 })).toThrow(InputError);
    expect(() => matchCoco([square(0, { score: NaN })], one)).toThrow(InputError);
    expect(() => matchVoc(one, one, { iou: 2 })).toThrow('at most 1, not 2');
    expect(() => matchVoc(one, one, { convention: 'pixels' as never })).toThrow('"continuous" or "inclusive"');
    expect(() => matchVoc([square(NaN)], one)).toThrow('no box');
  });
});

describe('key points', () => {
  const { area, truth, found, oks } = examples.oks;
  const places = found.map(([x = 0, y = 0]) => ({ x, y }));
  const marked = truth.map(([x = 0, y = 0, v = 0]) => ({ x, y, labelled: v > 0 }));

  it('pycocotools’ similarity', () => {
    expect(objectKeypointSimilarity(places, marked, area)).toBeCloseTo(oks, 12);
    expect(objectKeypointSimilarity(marked, marked, area)).toBe(1);
    const nobody = marked.map((point) => ({ ...point, labelled: false }));
    expect(objectKeypointSimilarity(places, nobody, area)).toBeNaN();
  });

  it('the share of correct ones', () => {
    // 0, 1, 2 and 4 off, with 2 allowed.
    expect(correctKeypoints(line([0, 1, 2, 4]), line([0, 0, 0, 0]), 10)).toBe(0.75);
    expect(
      correctKeypoints(
        line([0, 9]),
        [
          { x: 0, y: 0 },
          { x: 0, y: 0, labelled: false },
        ],
        10,
      ),
    ).toBe(1);
  });

  it('refuses what does not fit', () => {
    expect(() => objectKeypointSimilarity(places.slice(1), marked, area)).toThrow(
      '16 key points were found, and 17 marked',
    );
    expect(() => objectKeypointSimilarity(places, marked, 0)).toThrow(InputError);
    expect(() => objectKeypointSimilarity(places, marked, area, [1])).toThrow('17 key points have 1 sigmas');
    expect(() => objectKeypointSimilarity([{ x: NaN, y: 0 }], [{ x: 0, y: 0 }], 1, [1])).toThrow('no place');
    expect(() => objectKeypointSimilarity([{ x: 0, y: 0 }], [{ x: 0, y: 0 }], 1, [NaN])).toThrow(InputError);
    expect(() => correctKeypoints([], [], NaN)).toThrow(InputError);
  });
});
