/** Poolings of boxes that no oracle has: against loops that follow the authors' programs, on channels-first maps as these have them. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import type { NodeOf, OpAttributes } from '../../src/ir/ops.ts';
import { deformRoiPool } from '../../src/ops/sample/deform-roi-pool.ts';
import { deformRoiPoolReference } from '../../src/ops/sample/deform-roi-pool-loop.ts';
import { psRoiPool } from '../../src/ops/sample/ps-roi-pool.ts';
import { psRoiPoolReference } from '../../src/ops/sample/ps-roi-pool-loop.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

const [HEIGHT, WIDTH, BINS] = [11, 13, 3];
const random = randomSource(3);
/** Corners at eighths, from beyond one edge to beyond the other. */
const BOXES = Array.from({ length: 24 }, (_, i) => {
  const [x, y] = [16 * WIDTH, 16 * HEIGHT].map((end) => Math.floor((random() * 1.2 - 0.1) * end * 8) / 8) as [
    number,
    number,
  ];
  return [i % 2, x, y, x + Math.floor(random() * 1200) / 8, y + Math.floor(random() * 1200) / 8];
});
const rois = tensorOf('float32', [BOXES.length, 5], BOXES.flat());
const SCALE = 1 / 16;

const mapOf = (channels: number): Tensor => randomTensor('float32', [2, HEIGHT, WIDTH, channels], random, -1, 1);
const pixel = (x: Tensor, image: number, c: number, row: number, column: number): number =>
  x.data[((image * HEIGHT + row) * WIDTH + column) * (x.shape[3] ?? 0) + c] ?? NaN;

const clamp = (v: number, low: number, high: number): number => Math.min(Math.max(v, low), high);
/** C's round. */
const round = (v: number): number => Math.sign(v) * Math.floor(Math.abs(v) + 0.5);

interface Position {
  readonly box: readonly number[];
  readonly r: number;
  readonly c: number;
  readonly i: number;
  readonly j: number;
}

function every(channels: number, value: (at: Position) => number): number[] {
  const out: number[] = [];
  BOXES.forEach((box, r) => {
    for (let i = 0; i < BINS; i++)
      for (let j = 0; j < BINS; j++) for (let c = 0; c < channels; c++) out.push(value({ box, r, c, i, j }));
  });
  return out;
}

function expectEqual(actual: Tensor | undefined, expected: readonly number[]): void {
  expect(actual?.data.length).toBe(expected.length);
  // Means of elements below 1 in float32 and float64.
  expected.forEach((v, i) => expect(actual?.data[i], `element ${i}`).toBeCloseTo(v, 5));
  expect(expected.filter((v) => v !== 0).length).toBeGreaterThan(expected.length / 3);
}

function psPool(x: Tensor, ends: OpAttributes['PsRoiPool']['ends']): Tensor | undefined {
  const attributes = { outputHeight: BINS, outputWidth: BINS, spatialScale: SCALE, ends };
  const node: NodeOf<'PsRoiPool'> = { op: 'PsRoiPool', name: 'n', inputs: ['x', 'r'], outputs: ['y'], attributes };
  return psRoiPoolReference(node, [x, rois], psRoiPool.infer(node, [x, rois]))[0];
}

/** The mean over rows and columns, 0 of none. */
function mean(
  x: Tensor,
  { box, c, i, j }: Position,
  [top, bottom]: number[] = [],
  [left, right]: number[] = [],
): number {
  const [r0, r1, c0, c1] = [top ?? 0, bottom ?? 0, left ?? 0, right ?? 0];
  if (r1 <= r0 || c1 <= c0) return 0;
  let sum = 0;
  for (let row = r0; row < r1; row++)
    for (let column = c0; column < c1; column++) sum += pixel(x, box[0] ?? 0, (c * BINS + i) * BINS + j, row, column);
  return sum / ((r1 - r0) * (c1 - c0));
}

function torchvisionEnds(low: number, high: number, bin: number, extent: number): number[] {
  const [start, end] = [round(low * SCALE), round(high * SCALE)];
  const size = Math.max(end - start, 1) / BINS;
  const [from, to] = [Math.floor(bin * size), Math.ceil((bin + 1) * size)];
  return [from, to].map((v) => clamp(v + start, 0, extent - 1));
}

function caffeEnds(low: number, high: number, bin: number, extent: number): number[] {
  const [start, end] = [round(low) * SCALE, (round(high) + 1) * SCALE];
  const size = Math.max(end - start, 0.1) / BINS;
  // A width of a third of sixteenths is not exact: a billionth tells a whole number from one below.
  const [from, to] = [Math.floor(bin * size + start + 1e-9), Math.ceil((bin + 1) * size + start - 1e-9)];
  return [from, to].map((v) => clamp(v, 0, extent));
}

describe('PsRoiPool', () => {
  const x = mapOf(2 * BINS * BINS);

  it('scaled is torchvision’s ps_roi_pool', () => {
    const expected = every(2, (at) => {
      const [, x1 = 0, y1 = 0, x2 = 0, y2 = 0] = at.box;
      return mean(x, at, torchvisionEnds(y1, y2, at.i, HEIGHT), torchvisionEnds(x1, x2, at.j, WIDTH));
    });
    expectEqual(psPool(x, 'scaled'), expected);
  });

  it('unscaled is the PSROIPooling of R-FCN’s Caffe', () => {
    const expected = every(2, (at) => {
      const [, x1 = 0, y1 = 0, x2 = 0, y2 = 0] = at.box;
      return mean(x, at, caffeEnds(y1, y2, at.i, HEIGHT), caffeEnds(x1, x2, at.j, WIDTH));
    });
    expectEqual(psPool(x, 'unscaled'), expected);
  });
});

/** Interpolated between the four pixels around a place on the map. */
function between(x: Tensor, image: number, c: number, row: number, column: number): number {
  const [top, left] = [Math.floor(row), Math.floor(column)];
  const [bottom, right] = [Math.ceil(row), Math.ceil(column)];
  const [v, u] = [row - top, column - left];
  return (
    (1 - v) * (1 - u) * pixel(x, image, c, top, left) +
    (1 - v) * u * pixel(x, image, c, top, right) +
    v * (1 - u) * pixel(x, image, c, bottom, left) +
    v * u * pixel(x, image, c, bottom, right)
  );
}

describe('DeformRoiPool', () => {
  // Two groups of positions, two parts, and three classes of two channels; four samples a bin and axis.
  const [GROUPS, PARTS, CLASSES, EACH, SAMPLES, GAMMA] = [2, 2, 3, 2, 4, 0.25];
  const x = mapOf(CLASSES * EACH * GROUPS * GROUPS);
  const offsets = randomTensor('float32', [BOXES.length, PARTS, PARTS, 2 * CLASSES], random, -1, 1);

  it('rounded is the deformable PSROIPooling of its authors', () => {
    const expected = every(CLASSES * EACH, ({ box, r, c, i, j }) => {
      const [image = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0] = box;
      const [startX, startY] = [round(x1) * SCALE - 0.5, round(y1) * SCALE - 0.5];
      const width = Math.max((round(x2) + 1) * SCALE - 0.5 - startX, 0.1);
      const height = Math.max((round(y2) + 1) * SCALE - 0.5 - startY, 0.1);
      const [partY, partX] = [Math.floor((i / BINS) * PARTS), Math.floor((j / BINS) * PARTS)];
      const at = ((r * PARTS + partY) * PARTS + partX) * 2 * CLASSES + 2 * Math.floor(c / EACH);
      const left = (j * width) / BINS + startX + (offsets.data[at] ?? 0) * GAMMA * width;
      const top = (i * height) / BINS + startY + (offsets.data[at + 1] ?? 0) * GAMMA * height;
      const [groupY, groupX] = [Math.floor((i * GROUPS) / BINS), Math.floor((j * GROUPS) / BINS)];
      const channel = (c * GROUPS + groupY) * GROUPS + groupX;
      let [sum, count] = [0, 0];
      for (let v = 0; v < SAMPLES; v++) {
        for (let u = 0; u < SAMPLES; u++) {
          const [row, column] = [top + (v * height) / BINS / SAMPLES, left + (u * width) / BINS / SAMPLES];
          if (column < -0.5 || column > WIDTH - 0.5 || row < -0.5 || row > HEIGHT - 0.5) continue;
          sum += between(x, image, channel, clamp(row, 0, HEIGHT - 1), clamp(column, 0, WIDTH - 1));
          count++;
        }
      }
      return count === 0 ? 0 : sum / count;
    });
    const attributes = {
      outputHeight: BINS,
      outputWidth: BINS,
      spatialScale: SCALE,
      samplingRatio: SAMPLES,
      gamma: GAMMA,
      groupHeight: GROUPS,
      groupWidth: GROUPS,
      samples: 'rounded',
    } as const;
    const inputs = ['x', 'r', 'o'];
    const node: NodeOf<'DeformRoiPool'> = { op: 'DeformRoiPool', name: 'n', inputs, outputs: ['y'], attributes };
    const operands = [x, rois, offsets];
    expectEqual(deformRoiPoolReference(node, operands, deformRoiPool.infer(node, operands))[0], expected);
  });
});
