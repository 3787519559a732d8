/** ROC, precision and recall, top-k accuracy and log loss, with the examples of the literature and scikit-learn's numbers. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/core/errors.ts';
import {
  areaUnderPrecisionRecall,
  areaUnderRoc,
  logLoss,
  precisionRecallCurve,
  rocCurve,
  topKAccuracy,
} from '../../../src/vision/metrics/ranking.ts';
import examples from './worked-examples.json' with { type: 'json' };

const { fawcett2006, scikitLearn, random } = examples;

describe('receiver operating characteristic', () => {
  it('Fawcett’s twenty instances', () => {
    expect(areaUnderRoc(fawcett2006)).toBeCloseTo(fawcett2006.auc, 12);
    const curve = rocCurve(fawcett2006);
    expect(curve).toHaveLength(21);
    const { falsePositiveRate, truePositiveRate } = curve.find((p) => p.threshold === fawcett2006.threshold) ?? {};
    expect([falsePositiveRate, truePositiveRate]).toEqual(fawcett2006.point);
    // Ten of each class.
    const accuracies = curve.map((p) => (10 * p.truePositiveRate + 10 * (1 - p.falsePositiveRate)) / 20);
    expect(Math.max(...accuracies)).toBeCloseTo(fawcett2006.accuracy, 12);
  });

  it.each([
    ['of its documentation', scikitLearn.binary],
    ['of random scores, many of them equal', random.binary],
  ])('scikit-learn’s numbers %s', (_, example) => {
    const curve = rocCurve(example);
    expect(areaUnderRoc(example)).toBeCloseTo(example.auc, 12);
    expect(areaUnderPrecisionRecall(example)).toBeCloseTo(example.averagePrecision, 12);
    expectClose(
      curve.map((p) => p.falsePositiveRate),
      example.falsePositiveRates,
    );
    expectClose(
      curve.map((p) => p.truePositiveRate),
      example.truePositiveRates,
    );
  });

  it('does not depend on the order of equal scores, and infinite ones have a place', () => {
    const labels = [true, false, false, true];
    expect(areaUnderRoc({ scores: [0.5, 0.5, 0.5, 0.5], labels })).toBe(0.5);
    expect(rocCurve({ scores: [0.5, 0.5, 0.5, 0.5], labels })).toEqual([
      { threshold: Infinity, falsePositiveRate: 0, truePositiveRate: 0 },
      { threshold: 0.5, falsePositiveRate: 1, truePositiveRate: 1 },
    ]);
    // Of four pairs three are in order, and one is equal.
    expect(areaUnderRoc({ scores: [Infinity, 0, -Infinity, 0], labels })).toBe(3.5 / 4);
  });

  it('refuses what has no order, and rates of nothing', () => {
    const refused = [
      { scores: [1, 2], labels: [1] },
      { scores: [NaN, 2], labels: [1, 0] },
      { scores: [1, 2], labels: [1, 1] },
      { scores: [1, 2], labels: [0, 0] },
      { scores: [1, 2], labels: [1, -1] },
      { scores: [1, 2], labels: [1, NaN] },
      { scores: [], labels: [] },
    ];
    for (const input of refused) {
      expect(() => rocCurve(input), JSON.stringify(input)).toThrow(InputError);
      expect(() => areaUnderRoc(input), JSON.stringify(input)).toThrow(InputError);
    }
    expect(() => rocCurve({ scores: [1, 2], labels: [1, -1] })).toThrow('label 1 is -1');
    expect(() => precisionRecallCurve({ scores: [1], labels: [0] })).toThrow('no positive');
    expect(precisionRecallCurve({ scores: [1], labels: [1] })).toEqual([{ threshold: 1, precision: 1, recall: 1 }]);
  });
});

describe('classifiers of many classes', () => {
  it('top-k accuracy', () => {
    const { rows, truth, k, accuracy } = scikitLearn.topK;
    expect(topKAccuracy(rows, truth, k)).toBe(accuracy);
    expect(topKAccuracy(random.classes.rows, random.classes.truth, 1)).toBeCloseTo(random.classes.accuracy, 12);
    expect(topKAccuracy(random.classes.rows, random.classes.truth, 2)).toBeCloseTo(random.classes.top2, 12);
    // Of equal scores the lower index is the better one.
    expect(
      topKAccuracy(
        [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
        [0, 1],
        1,
      ),
    ).toBe(0.5);
  });

  it('log loss', () => {
    expect(logLoss(scikitLearn.logLoss.rows, scikitLearn.logLoss.truth)).toBeCloseTo(scikitLearn.logLoss.loss, 12);
    // Rows are rounded to six places, which scikit-learn scales to a sum of one.
    expect(logLoss(random.classes.rows, random.classes.truth)).toBeCloseTo(random.classes.logLoss, 5);
    expect(logLoss([[1, 0]], [1])).toBe(Infinity);
  });

  it('refuses rows that are none', () => {
    for (const call of [(r: number[][], t: number[]) => topKAccuracy(r, t, 1), logLoss]) {
      expect(() => call([[1, 0]], [0, 1])).toThrow(InputError);
      expect(() => call([[1, 0]], [2])).toThrow('2 is none of the classes 0 to 1');
      expect(() => call([[1, 0]], [0.5])).toThrow(InputError);
      expect(() => call([[1, 0], [1]], [0, 0])).toThrow('row 1 has 1 scores');
      expect(() => call([[NaN, 1]], [0])).toThrow('NaN');
      expect(() => call([], [])).toThrow(InputError);
    }
    expect(() => topKAccuracy([[1, 0]], [0], 0)).toThrow('positive integer');
    expect(() => logLoss([[2, 3]], [0])).toThrow('no probabilities');
    expect(() => logLoss([[-1, 2]], [0])).toThrow('no probabilities');
  });
});

/** Equal but for the last digits of float64. */
function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(actual[i], `entry ${i}`).toBeCloseTo(value, 12);
}
