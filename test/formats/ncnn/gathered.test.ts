/** Einsum, Unfold and StatisticsPooling of ncnn against plain loops. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { runLayer } from '../../helpers/ncnn-net.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

const random = randomSource(41);
const CLOSE = { rtol: 1e-5, atol: 1e-6 };
const blob = (...shape: number[]): Tensor => randomTensor('float32', shape, random);
const floats = (shape: readonly number[], data: readonly number[]): Tensor => tensorOf('float32', shape, data);

describe('Einsum', () => {
  const [a, b] = [blob(2, 3, 4), blob(2, 5, 4)];
  const equation = 'ik,jk->ij';
  const codes = `-23300=${equation.length},${Array.from(equation, (letter) => letter.charCodeAt(0)).join(',')}`;

  it.each([
    ['numbers', codes],
    ['text', `0="${equation}"`],
  ])('of an equation as %s, of each image', async (_, params) => {
    const [y] = await runLayer('Einsum', params, [a, b]);
    const expected = range(30).map((n) => {
      const [image, i, j] = [Math.floor(n / 15), Math.floor(n / 5) % 3, n % 5];
      const terms = range(4).map((k) => (a.data[image * 12 + i * 4 + k] ?? 0) * (b.data[image * 20 + j * 4 + k] ?? 0));
      return terms.reduce((sum, v) => sum + v, 0);
    });
    expectClose(y ?? a, floats([2, 3, 5], expected), CLOSE);
  });

  it('refuses a result in another order', async () => {
    await expect(runLayer('Einsum', '0="ik,jk->ji"', [a, b])).rejects.toThrow('whose result is not in order');
  });

  it('fails of other letters and of too few blobs', async () => {
    await expect(runLayer('Einsum', '0="ab,cb->ac"', [a, b])).rejects.toThrow('the equation "ab,cb->ac" of 2 blobs');
    await expect(runLayer('Einsum', '0="ik,jk->ij"', [a])).rejects.toThrow('of 1 blobs');
  });
});

it.each([
  ['1=3', 1, 1, 0, 0],
  ['1=3 3=2 4=1 18=0.5', 2, 1, 1, 0.5],
  ['1=3 2=2 4=2', 1, 2, 2, 0],
])('Unfold %s', async (params, stride, dilation, pad, border) => {
  const x = blob(2, 3, 6, 7);
  const [y] = await runLayer('Unfold', params, [x]);
  const [oh, ow] = [6, 7].map((size) => Math.floor((size + 2 * pad - 2 * dilation - 1) / stride) + 1) as [
    number,
    number,
  ];
  const at = (plane: number, row: number, column: number): number =>
    row < 0 || column < 0 || row > 5 || column > 6 ? border : (x.data[(plane * 6 + row) * 7 + column] ?? 0);
  const expected = range(6).flatMap((plane) =>
    range(9).flatMap((k) =>
      range(oh * ow).map((i) =>
        at(
          plane,
          Math.floor(i / ow) * stride - pad + Math.floor(k / 3) * dilation,
          (i % ow) * stride - pad + (k % 3) * dilation,
        ),
      ),
    ),
  );
  expect(y).toEqual(floats([2, 27, oh * ow], expected));
});

it.each([0, 1])('StatisticsPooling, with deviations %d', async (hasDeviation) => {
  const x = blob(2, 3, 4, 5);
  const [y] = await runLayer('StatisticsPooling', `0=${hasDeviation}`, [x]);
  const maps = range(6).map((i) => [...x.data].slice(i * 20, (i + 1) * 20));
  const means = maps.map((map) => map.reduce((a, b) => a + b, 0) / 20);
  const deviations = maps.map((map, i) => Math.sqrt(map.reduce((s, v) => s + (v - (means[i] ?? 0)) ** 2, 0) / 20));
  const expected = [0, 3].flatMap((i) => [
    ...means.slice(i, i + 3),
    ...(hasDeviation ? deviations.slice(i, i + 3) : []),
  ]);
  expectClose(y ?? x, floats([2, hasDeviation ? 6 : 3], expected), CLOSE);
});
