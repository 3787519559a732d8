/** Functions of one element, and layers of ncnn that give a blob another shape, against what its rules say. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { ncnnFiles, runLayer, runNcnn } from '../../helpers/ncnn-net.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

const random = randomSource(3);
const CLOSE = { rtol: 1e-5, atol: 1e-6 };
const blob = (...shape: number[]): Tensor => randomTensor('float32', shape, random, 0.1, 3);
const counted = (...shape: number[]): Tensor => tensorOf('float32', shape, range(shape.reduce((a, b) => a * b, 1)));
const floats = (shape: readonly number[], data: readonly number[]): Tensor => tensorOf('float32', shape, data);
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

const tanhGelu = (v: number): number => 0.5 * v * (1 + Math.tanh(0.79788452 * (v + 0.044715 * v ** 3)));

describe('functions', () => {
  const x = floats([1, 2, 4], [-2, -0.4, 0.3, 1, 2.5, 0, -1, 0.6]);
  const positive = blob(1, 2, 4);
  const cases: readonly (readonly [string, string, Tensor, (v: number) => number])[] = [
    ['AbsVal', '', x, Math.abs],
    ['Exp', '', x, Math.exp],
    ['Exp', '0=2.0 1=0.5 2=1.0', x, (v) => 2 ** (1 + 0.5 * v)],
    ['Log', '', positive, Math.log],
    ['Log', '0=10.0 1=2.0 2=3.0', positive, (v) => Math.log10(3 + 2 * v)],
    ['Power', '0=3.0 1=2.0 2=-1.0', x, (v) => (2 * v - 1) ** 3],
    ['Power', '1=2.0', x, (v) => 2 * v],
    ['Threshold', '0=0.3', x, (v) => Number(v > Math.fround(0.3))],
    ['Shrink', '0=0.2 1=0.5', x, (v) => (v < -0.5 ? v + 0.2 : v > 0.5 ? v - 0.2 : v)],
    ['BNLL', '', x, (v) => Math.log(1 + Math.exp(v))],
    ['GELU', '0=1', x, tanhGelu],
  ];

  it.each(cases)('%s %s', async (type, params, value, f) => {
    const [y] = await runLayer(type, params, [value]);
    expectClose(y ?? x, floats(value.shape, [...value.data].map(f)), CLOSE);
  });

  it('GELU and Erf as the error function has them', async () => {
    const [erf, gelu] = [(await runLayer('Erf', '', [x]))[0], (await runLayer('GELU', '', [x]))[0]];
    const half = await runLayer('Erf', '', [
      floats(
        [1, 2, 4],
        [...x.data].map((v) => v * Math.SQRT1_2),
      ),
    ]);
    expect(erf?.data[3]).toBeCloseTo(0.8427007929, 6);
    const expected = [...x.data].map((v, i) => 0.5 * v * (1 + (half[0]?.data[i] ?? 0)));
    expectClose(gelu ?? x, floats(x.shape, expected), CLOSE);
  });

  it('GLU of an axis', async () => {
    const [y] = await runLayer('GLU', '0=1', [x]);
    const expected = [-2 * sigmoid(0.3), -0.4 * sigmoid(1), 2.5 * sigmoid(-1), 0];
    expectClose(y ?? x, floats([1, 2, 2], expected), CLOSE);
  });

  it.each([
    [0, [0, 1, 2, 3, 5, 7]],
    [1, [0, 1, 3, 3, 7, 12]],
  ])('CumulativeSum of axis %d', async (axis, expected) => {
    expect(await runLayer('CumulativeSum', `0=${axis}`, [counted(1, 2, 3)])).toEqual([floats([1, 2, 3], expected)]);
  });
});

describe('MemoryData', () => {
  it.each([
    ['0=6', [6]],
    ['0=3 1=2', [2, 3]],
    ['0=3 1=1 2=2', [2, 1, 3]],
    ['0=1 1=1 11=3 2=2', [2, 3, 1, 1]],
  ])('%s, for each image', async (params, shape) => {
    const x = counted(2, ...shape);
    const lines = [
      `Input x 0 1 x ${params}`,
      `MemoryData data 0 1 data ${params}`,
      'BinaryOp add 2 1 x data y 0=0',
      'BinaryOp more 2 1 x data2 z 0=0',
      `MemoryData data2 0 1 data2 ${params}`,
    ];
    const order = [0, 1, 4, 2, 3].map((i) => lines[i] ?? '');
    const files = ncnnFiles(order, [{ plain: range(6) }, { plain: range(6).map((v) => -v) }]);
    const { y, z } = await runNcnn(files, { x });
    expect(y).toEqual(
      floats(
        x.shape,
        [...x.data].map((v, i) => v + (i % 6)),
      ),
    );
    expect(z).toEqual(
      floats(
        x.shape,
        [...x.data].map((v, i) => v - (i % 6)),
      ),
    );
  });

  it('beside what is computed, and with a flag in front of it', async () => {
    const lines = ['Input x 0 1 x 0=3 1=2', 'MemoryData data 0 1 data 0=3 1=1 21=0', 'Concat all 2 1 data x y 0=0'];
    const { y } = await runNcnn(ncnnFiles(lines, [{ flagged: [7, 8, 9] }]), { x: counted(2, 2, 3) });
    expect(y).toEqual(floats([2, 3, 3], [7, 8, 9, 0, 1, 2, 3, 4, 5, 7, 8, 9, 6, 7, 8, 9, 10, 11]));
  });
});

describe('shapes', () => {
  const shapes: readonly (readonly [string, string, number[], number[]])[] = [
    ['ExpandDims', '0=1', [4], [4, 1]],
    ['ExpandDims', '1=1', [4], [1, 4]],
    ['ExpandDims', '0=1 1=1', [4], [1, 4, 1]],
    ['ExpandDims', '0=1', [3, 4], [3, 4, 1]],
    ['ExpandDims', '1=1', [3, 4], [3, 1, 4]],
    ['ExpandDims', '2=1', [3, 4], [1, 3, 4]],
    ['ExpandDims', '-23303=1,0', [3, 4], [1, 3, 4]],
    ['ExpandDims', '-23303=1,-1', [3, 4], [3, 4, 1]],
    ['ExpandDims', '11=1', [2, 3, 4], [2, 1, 3, 4]],
    ['Squeeze', '', [1, 4], [1, 4]],
    ['Squeeze', '0=1 1=1', [4, 1], [4]],
    ['Squeeze', '1=1', [1, 4], [4]],
    ['Squeeze', '-23303=2,0,-1', [1, 4, 1], [4]],
    ['DeepCopy', '', [3, 4], [3, 4]],
    ['Packing', '0=4', [3, 4], [3, 4]],
    ['Cast', '0=1 1=2', [3, 4], [3, 4]],
  ];

  it.each(shapes)('%s %s of %s', async (type, params, from, to) => {
    // Channels alone are known of a map, so that what is taken out is a matrix, or a vector.
    const x = counted(1, ...from);
    const lines = [
      `Input x 0 1 x 0=${x.data.length}`,
      `Reshape r 1 1 x r ${from
        .toReversed()
        .map((extent, i) => `${i === 2 ? 2 : i}=${extent}`)
        .join(' ')}`,
      `${type} layer 1 1 r y ${params}`,
    ];
    const { y } = await runNcnn(ncnnFiles(lines, []), { x: counted(1, x.data.length) });
    expect(y).toEqual(counted(1, ...to));
  });

  it('Squeeze of an extent that a picture decides', async () => {
    for (const params of ['1=1', '-23303=1,1']) {
      expect(await runLayer('Squeeze', params, [counted(1, 2, 1, 3)])).toEqual([counted(1, 2, 3)]);
      await expect(runLayer('Squeeze', params, [counted(1, 2, 2, 3)])).rejects.toThrow(ShapeError);
    }
    await expect(runLayer('Squeeze', '0=1 1=1', [counted(1, 2, 1, 3)])).rejects.toThrow(
      'taking out dimension 1 if it has one element, which the file does not say',
    );
  });

  const tiles: readonly (readonly [string, number[], number[], number[]])[] = [
    ['0=0 1=2', [2], [4], [0, 1, 0, 1]],
    ['0=1 1=2', [2, 2], [2, 4], [0, 1, 0, 1, 2, 3, 2, 3]],
    ['0=0 1=2', [2, 1], [4, 1], [0, 1, 0, 1]],
    ['-23302=1,2', [2, 1], [2, 2], [0, 0, 1, 1]],
    ['-23302=2,2,1', [2], [2, 2], [0, 1, 0, 1]],
    ['-23302=2,1,2', [2], [4], [0, 1, 0, 1]],
    ['-23302=3,2,1,2', [1, 1, 2], [2, 1, 4], [0, 1, 0, 1, 0, 1, 0, 1]],
  ];

  it.each(tiles)('Tile %s of %s', async (params, from, to, expected) => {
    expect(await runLayer('Tile', params, [counted(1, ...from)])).toEqual([floats([1, ...to], expected)]);
  });

  it('ArgMax, the last of equal ones first', async () => {
    const x = floats([1, 2, 3], [3, 9, 1, 9, 0, 5]);
    expect(await runLayer('ArgMax', '1=3', [x])).toEqual([floats([1, 1, 3], [3, 1, 5])]);
    expect(await runLayer('ArgMax', '0=1 1=2', [x])).toEqual([floats([1, 2, 2], [9, 9, 3, 1])]);
  });

  it.each([0, 1])('Reorg in mode %d', async (mode) => {
    const x = counted(1, 3, 4, 6);
    const [y] = await runLayer('Reorg', `0=2 1=${mode}`, [x]);
    const expected = Array.from({ length: 72 }, () => 0);
    for (const [q, sh, sw, i, j] of range(72).map(
      (n) => [Math.floor(n / 24), Math.floor(n / 12) % 2, Math.floor(n / 6) % 2, Math.floor(n / 3) % 2, n % 3] as const,
    )) {
      const channel = mode === 0 ? q * 4 + sh * 2 + sw : (sh * 2 + sw) * 3 + q;
      expected[(channel * 2 + i) * 3 + j] = (q * 4 + i * 2 + sh) * 6 + j * 2 + sw;
    }
    expect(y).toEqual(floats([1, 12, 2, 3], expected));
  });
});
