/** Priors and anchors: numbers that papers' programs print, or that follow from their formulas by hand. */
import { describe, expect, it } from 'vitest';
import { InputError, ShapeError } from '../../src/core/errors.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { gridAnchors, rcnnAnchors, retinaSizes } from '../../src/ir/priors/anchors.ts';
import { cellAnchors, yoloAnchors } from '../../src/ir/priors/cells.ts';
import { blazeAnchors, ssdAnchors, ssdPriorBoxes } from '../../src/ir/priors/ssd.ts';

const rowsOf = ({ shape, data }: Tensor): number[][] => {
  const length = shape[1] ?? 0;
  return Array.from({ length: shape[0] ?? 0 }, (_, i) => Array.from(data.slice(i * length, (i + 1) * length)));
};

function expectRows(actual: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void {
  expect(actual.map((row) => row.length)).toEqual(expected.map((row) => row.length));
  // Rows are float32, expectations written with six digits.
  actual.forEach((row, i) => row.forEach((v, k) => expect(v, `row ${i}`).toBeCloseTo(expected[i]?.[k] ?? NaN, 5)));
}

describe('anchors of proposals', () => {
  it('are those that py-faster-rcnn prints of itself (generate_anchors.py)', () => {
    const anchors = rcnnAnchors({ map: [1, 1], stride: [16, 16], ratios: [0.5, 1, 2], sizes: [8, 16, 32] });
    expect(rowsOf(anchors)).toEqual([
      [-84, -40, 99, 55],
      [-176, -88, 191, 103],
      [-360, -184, 375, 199],
      [-56, -56, 71, 71],
      [-120, -120, 135, 135],
      [-248, -248, 263, 263],
      [-36, -80, 51, 95],
      [-80, -168, 95, 183],
      [-168, -344, 183, 359],
    ]);
  });

  it('move with their cell, to the right first', () => {
    const anchors = rcnnAnchors({ map: [2, 3], stride: [16, 32], ratios: [1], sizes: [1] });
    expect(rowsOf(anchors).map(([x, y]) => [x, y])).toEqual([
      [0, 0],
      [32, 0],
      [64, 0],
      [0, 16],
      [32, 16],
      [64, 16],
    ]);
  });

  // torchvision: 32/√½/2 = 22.6 and 32·√½/2 = 11.3 are rounded.
  it("are torchvision's, ratio by ratio", () => {
    const anchors = gridAnchors({ map: [1, 2], stride: [4, 8], ratios: [0.5, 1, 2], sizes: [32] });
    expect(rowsOf(anchors)).toEqual([
      [-23, -11, 23, 11],
      [-16, -16, 16, 16],
      [-11, -23, 11, 23],
      [-15, -11, 31, 11],
      [-8, -16, 24, 16],
      [-3, -23, 19, 23],
    ]);
    // Halves go to even numbers: 5/2 to 2, 7/2 to 4.
    expect(rowsOf(gridAnchors({ map: [1, 1], stride: [1, 1], ratios: [1], sizes: [5, 7] }))).toEqual([
      [-2, -2, 2, 2],
      [-4, -4, 4, 4],
    ]);
  });

  it("are RetinaNet's: nine a cell", () => {
    expect(retinaSizes(32)).toEqual([32, 40, 50]);
    expect(retinaSizes(512)).toEqual([512, 645, 812]);
    const anchors = gridAnchors({ map: [3, 5], stride: [8, 8], ratios: [0.5, 1, 2], sizes: retinaSizes(32) });
    expect(anchors.shape).toEqual([135, 4]);
  });

  it('need sizes', () => {
    expect(() => gridAnchors({ map: [1, 1], stride: [8, 8], ratios: [], sizes: [1] })).toThrow(InputError);
    expect(() => rcnnAnchors({ map: [1, 1], stride: [8, 8], ratios: [1], sizes: [0] })).toThrow(InputError);
    expect(() => rcnnAnchors({ map: [-1, 1], stride: [8, 8], ratios: [1], sizes: [1] })).toThrow(InputError);
    expect(() => gridAnchors({ map: [2 ** 26, 2 ** 26], stride: [8, 8], ratios: [1], sizes: [1] })).toThrow(ShapeError);
    expect(gridAnchors({ map: [0, 7], stride: [8, 8], ratios: [1], sizes: [1] }).shape).toEqual([0, 4]);
  });
});

describe('priors of SSD', () => {
  const options = {
    map: [1, 2],
    picture: [300, 300],
    minSizes: [60],
    maxSizes: [111],
    aspectRatios: [2],
    flip: true,
    clip: false,
    offset: 0.5,
  } as const;

  // By hand: cells of 150 by 300; sides 60, √(60·111) = 81.6088, 60·√2 = 84.8528 and 60/√2 = 42.4264, over 300.
  it('are Caffe’s: least size, mean size, then ratios and their reciprocals', () => {
    const boxes = ssdPriorBoxes(options);
    expect(boxes.shape).toEqual([8, 4]);
    expectRows(rowsOf(boxes).slice(0, 4), [
      [0.15, 0.4, 0.35, 0.6],
      [0.113985, 0.363985, 0.386015, 0.636015],
      [0.108579, 0.429289, 0.391421, 0.570711],
      [0.179289, 0.358579, 0.320711, 0.641421],
    ]);
    expectRows(rowsOf(boxes).slice(4, 5), [[0.65, 0.4, 0.85, 0.6]]);
  });

  it('are as far apart as the step says, and cut at the edges', () => {
    const boxes = ssdPriorBoxes({ ...options, maxSizes: [], aspectRatios: [1, 1], step: [8, 16], clip: true });
    expectRows(rowsOf(boxes), [
      [0, 0, 38 / 300, 34 / 300],
      [0, 0, 54 / 300, 34 / 300],
    ]);
  });

  it('refuse sizes that do not fit', () => {
    expect(() => ssdPriorBoxes({ ...options, minSizes: [] })).toThrow(InputError);
    expect(() => ssdPriorBoxes({ ...options, maxSizes: [50] })).toThrow(InputError);
    expect(() => ssdPriorBoxes({ ...options, minSizes: [Infinity] })).toThrow(InputError);
    expect(() => ssdPriorBoxes({ ...options, picture: [300, NaN] })).toThrow(InputError);
    expect(() => ssdPriorBoxes({ ...options, step: [0, 8] })).toThrow(InputError);
    const scales = { maps: [[1, 1]] as const, minScale: 0.2, maxScale: 0.95, reduceLowest: false };
    expect(() => ssdAnchors({ ...scales, aspectRatios: [1, -2] })).toThrow(InputError);
    expect(() => ssdAnchors({ ...scales, aspectRatios: [1], minScale: NaN })).toThrow(InputError);
    expect(() => ssdPriorBoxes({ ...options, maxSizes: [100, 200] })).toThrow(InputError);
  });

  // ssd_mobilenet of 300 by 300: maps of 19, 10, 5, 3, 2, 1; scales 0.2, 0.35, … 0.95; 1917 anchors.
  it('are TensorFlow’s, scales interpolated', () => {
    const maps = [19, 10, 5, 3, 2, 1].map((n) => [n, n] as const);
    const spec = { maps, minScale: 0.2, maxScale: 0.95, aspectRatios: [1, 2, 0.5, 3, 1 / 3], reduceLowest: true };
    const anchors = ssdAnchors(spec);
    expect(anchors.shape).toEqual([1917, 4]);
    const rows = rowsOf(anchors);
    expectRows(rows.slice(0, 3), [
      [0.0263158, 0.0263158, 0.1, 0.1],
      [0.0263158, 0.0263158, 0.282843, 0.141421],
      [0.0263158, 0.0263158, 0.141421, 0.282843],
    ]);
    // The last map: 0.95 of five ratios, and √0.95.
    expectRows(rows.slice(-6, -4), [
      [0.5, 0.5, 0.95, 0.95],
      [0.5, 0.5, 1.343503, 0.671751],
    ]);
    expectRows(rows.slice(-1), [[0.5, 0.5, 0.974679, 0.974679]]);
  });

  it('of BlazeFace: 896 of the size of the picture', () => {
    const anchors = blazeAnchors([
      { map: [16, 16], count: 2 },
      { map: [8, 8], count: 6 },
    ]);
    expect(anchors.shape).toEqual([896, 4]);
    const rows = rowsOf(anchors);
    expectRows(
      [rows[0], rows[1], rows[2], rows[512], rows[895]].map((row) => row ?? []),
      [
        [0.03125, 0.03125, 1, 1],
        [0.03125, 0.03125, 1, 1],
        [0.09375, 0.03125, 1, 1],
        [0.0625, 0.0625, 1, 1],
        [0.9375, 0.9375, 1, 1],
      ],
    );
  });
});

describe('cells', () => {
  it('have their point in the middle, or where they begin', () => {
    expect(rowsOf(cellAnchors([1, 2], 8, 0.5))).toEqual([
      [4, 4, 8, 8],
      [12, 4, 8, 8],
    ]);
    expect(rowsOf(cellAnchors([2, 1], 16, 0))).toEqual([
      [0, 0, 16, 16],
      [0, 16, 16, 16],
    ]);
    expect(cellAnchors([0, 3], 8, 0.5).shape).toEqual([0, 4]);
  });

  it('of YOLO have sizes, and say how large they are', () => {
    expect(
      rowsOf(
        yoloAnchors([1, 2], 32, [
          [10, 20],
          [30, 40],
        ]),
      ),
    ).toEqual([
      [0, 0, 10, 20, 32, 32],
      [0, 0, 30, 40, 32, 32],
      [32, 0, 10, 20, 32, 32],
      [32, 0, 30, 40, 32, 32],
    ]);
  });
});
