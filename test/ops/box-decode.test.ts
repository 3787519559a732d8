/** BoxDecode: values worked out by hand from the formulas of papers and programs, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../src/core/errors.ts';
import { tensorOf, type TensorDesc } from '../../src/core/tensor.ts';
import type { NodeOf, OpAttributes } from '../../src/ir/ops.ts';
import { boxDecode } from '../../src/ops/detect/box-decode.ts';
import { boxDecodeReference } from '../../src/ops/detect/box-decode-loop.ts';
import { PLAIN_DECODE } from './cases/detect/box-decode.ts';

type Attributes = OpAttributes['BoxDecode'];

const nodeWith = (change: Partial<Attributes>): NodeOf<'BoxDecode'> => ({
  op: 'BoxDecode',
  name: 'n',
  inputs: ['codes', 'anchors'],
  outputs: ['boxes'],
  attributes: { ...PLAIN_DECODE, ...change },
});
const of = (shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): TensorDesc => ({ dtype, shape });

function decoded(change: Partial<Attributes>, code: readonly number[], anchor: readonly number[]): number[] {
  const inputs = [tensorOf('float32', [1, code.length], code), tensorOf('float32', [1, anchor.length], anchor)];
  const outputs = boxDecode.infer(nodeWith(change), inputs);
  return Array.from(boxDecodeReference(nodeWith(change), inputs, outputs)[0]?.data ?? []);
}

function expectNear(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  // Results are float32, expectations written with six digits.
  actual.forEach((v, i) => expect(Math.abs(v - (expected[i] ?? NaN))).toBeLessThan(1e-4));
}

const third = Math.log(3);

describe('a box is decoded as the paper says', () => {
  // Ren et al., arXiv:1506.01497, eq. 2: x = tx·wa + xa, w = wa·exp(tw), of an anchor at (10, 20) of 4 by 8.
  it('centre and size', () => {
    expectNear(decoded({}, [0.5, -0.25, third, 0], [10, 20, 4, 8]), [6, 14, 18, 22]);
  });

  // SSD (Caffe's CENTER_SIZE) multiplies by variances: 0.1·5 = 0.5, 0.2·5·ln 3 = ln 3.
  it('centre and size with variances', () => {
    const factors = [0.1, 0.1, 0.2, 0.2];
    expectNear(decoded({ factors }, [5, -2.5, 5 * third, 0], [10, 20, 4, 8]), [6, 14, 18, 22]);
  });

  // py-faster-rcnn: pixels 0 to 15 are 16 wide, about 8; the size of the result has no such pixel.
  it('anchors of pixels', () => {
    const form = { anchorForm: 'corners', anchorExtent: 1 } as const;
    expectNear(decoded(form, [0, 0, 0, 0], [0, 0, 15, 15]), [0, 0, 16, 16]);
    expectNear(decoded({ ...form, boxExtent: 1 }, [0, 0, 0, 0], [0, 0, 15, 15]), [0, 0, 15, 15]);
  });

  // torchvision: dw and dh are at most log(1000/16), so that nothing is more than 62.5 times its anchor.
  it('bounded sizes, clipped to the picture', () => {
    const maxExponent = Math.log(1000 / 16);
    expectNear(decoded({ maxExponent }, [0, 0, 50, 0], [100, 20, 2, 8]), [37.5, 16, 162.5, 24]);
    const clip = [0, 0, 120, 22];
    expectNear(decoded({ maxExponent, clip }, [0, 0, 50, 0], [100, 20, 2, 8]), [37.5, 16, 120, 22]);
  });

  // Redmon & Farhadi, arXiv:1804.02767, fig. 2: bx = σ(tx) + cx, bw = pw·exp(tw); cell (3, 2) of 32 pixels.
  it('YOLO v3', () => {
    expectNear(decoded({ coding: 'sigmoidExp' }, [0, third, 0, third], [96, 64, 10, 20, 32, 32]), [107, 58, 117, 118]);
  });

  // YOLO v5: 2σ − 0.5 of a cell, (2σ)² of the anchor.
  it('YOLO v5', () => {
    const code = [0, third, 0, third];
    const factors = [2, 2, 2, 2];
    expectNear(decoded({ coding: 'sigmoidSquare', factors }, code, [96, 64, 10, 20, 32, 32]), [107, 73.5, 117, 118.5]);
  });

  // Tian et al., arXiv:1904.01355: x − l, y − t, x + r, y + b, here in strides of 8 about (20, 28).
  it('FCOS, and SCRFD with a key point', () => {
    const code = [1, 2, 3, 0.5, -1, 0.25];
    expectNear(decoded({ coding: 'distance', points: 1 }, code, [20, 28, 8, 8]), [12, 12, 44, 32, 12, 30]);
  });

  // Li et al., arXiv:2006.04388: Σ i·softmaxᵢ; scores 0 and ln 3 are 1/4 and 3/4, the mean 0.75.
  it('YOLO v8', () => {
    const code = [0, third, third, 0, 0, 0, 9, -99];
    expectNear(decoded({ coding: 'distribution', bins: 2 }, code, [20, 28, 8, 8]), [14, 26, 24, 28]);
  });

  // BlazeFace: everything over 128, relative to an anchor of the whole picture's size.
  it('BlazeFace', () => {
    const factors = [1 / 128, 1 / 128, 1 / 128, 1 / 128];
    const code = [16, -16, 32, 64, 8, 4];
    expectNear(
      decoded({ coding: 'centerLinear', factors, points: 1 }, code, [0.5, 0.5, 1, 1]),
      [0.5, 0.125, 0.75, 0.625, 0.5625, 0.53125],
    );
  });

  it('corners, and corners in sizes of the anchor', () => {
    const form = { anchorForm: 'corners', factors: [0.1, 0.1, 0.2, 0.2] } as const;
    expectNear(decoded({ ...form, coding: 'corner' }, [1, 2, 3, 4], [0, 1, 2, 5]), [0.1, 1.2, 2.6, 5.8]);
    expectNear(decoded({ ...form, coding: 'cornerSize' }, [1, 2, 3, 4], [0, 1, 2, 5]), [0.2, 1.8, 3.2, 8.2]);
  });
});

describe('BoxDecode refuses', () => {
  const rows: readonly [string, Partial<Attributes>, TensorDesc, TensorDesc, RegExp][] = [
    ['codes of five numbers', {}, of([3, 5]), of([3, 4]), /codes of this coding have 4 numbers/],
    ['codes without rows', {}, of([]), of([4]), /codes of this coding have 4 numbers/],
    ['integers', {}, of([3, 4], 'int32'), of([3, 4]), /codes are int32, not float32; cast/],
    ['anchors without a cell', { coding: 'sigmoidExp' }, of([3, 4]), of([3, 4]), /anchors of this coding have 6/],
    ['other anchors than codes', {}, of([3, 4]), of([2, 4]), /cannot broadcast|do not broadcast/],
    ['more anchors than codes', {}, of([1, 4]), of([2, 4]), /do not broadcast/],
    ['no bins', { coding: 'distribution' }, of([3, 4]), of([3, 4]), /bins are positive/],
    ['key points of cells', { coding: 'sigmoidExp', points: 1 }, of([3, 6]), of([3, 6]), /no key points/],
    ['a factor of 0', { factors: [1, 1, 0, 1] }, of([3, 4]), of([3, 4]), /factors are four numbers other than 0/],
    ['half a clip', { clip: [0, 0] }, of([3, 4]), of([3, 4]), /clip is lowest x/],
    ['no exponent', { maxExponent: NaN }, of([3, 4]), of([3, 4]), /maxExponent/],
  ];
  it.each(rows)('%s', (_why, change, codes, anchors, message) => {
    const infer = () => boxDecode.infer(nodeWith(change), [codes, anchors]);
    expect(infer).toThrow(ShapeError);
    expect(infer).toThrow(message);
  });
});
