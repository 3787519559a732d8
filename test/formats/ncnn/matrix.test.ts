/** Products of matrices, attention and recurrent layers of ncnn against plain loops that follow its rules. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { runLayer } from '../../helpers/ncnn-net.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

const random = randomSource(8);
const CLOSE = { rtol: 1e-5, atol: 1e-6 };
const blob = (...shape: number[]): Tensor => randomTensor('float32', shape, random);
const numbers = (count: number): number[] => [...blob(count).data];
const floats = (shape: readonly number[], data: readonly number[]): Tensor => tensorOf('float32', shape, data);

type Matrix = readonly (readonly number[])[];

const rowsOf = (data: ArrayLike<number>, columns: number): Matrix =>
  range(data.length / columns).map((r) => range(columns).map((i) => data[r * columns + i] ?? 0));
const transposed = (a: Matrix): Matrix => (a[0] ?? []).map((_, i) => a.map((row) => row[i] ?? 0));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);
const times = (a: Matrix, b: Matrix): number[][] => a.map((row) => transposed(b).map((column) => dot(row, column)));
const mapped = (a: Matrix, f: (v: number, row: number, column: number) => number): number[][] =>
  a.map((row, r) => row.map((v, i) => f(v, r, i)));

describe('Gemm', () => {
  const [a, b] = [blob(1, 3, 4), numbers(4 * 5)];
  const product = times(rowsOf(a.data, 4), rowsOf(b, 5));
  const y = (c: (row: number, column: number) => number, alpha = 1, beta = 1): number[] =>
    mapped(product, (v, r, i) => alpha * (v + beta * c(r, i))).flat();

  it.each([
    [-1, [], () => 0],
    [0, [7], () => 7],
    [1, [1, 2, 3], (r: number) => r + 1],
    [2, [1, 2, 3], (r: number) => r + 1],
    [3, range(15), (r: number, i: number) => r * 5 + i],
    [4, range(5), (_: number, i: number) => i],
  ])('constant B and C, C broadcast as %d', async (type, c, at) => {
    const blobs = [{ flagged: b }, ...(c.length > 0 ? [{ flagged: c }] : [])];
    const [got] = await runLayer('Gemm', `0=0.5 1=2.0 5=1 6=1 7=3 8=5 9=4 10=${type}`, [a], { blobs });
    expectClose(got ?? a, floats([1, 3, 5], y(at, 0.5, 2)), CLOSE);
  });

  it('transposed weights, for each image', async () => {
    const two = blob(2, 3, 4);
    const blobs = [{ flagged: transposed(rowsOf(b, 5)).flat() }];
    const [got] = await runLayer('Gemm', '3=1 5=1 8=5 9=4 6=1 10=-1', [two], { blobs });
    expectClose(got ?? a, floats([2, 3, 5], times(rowsOf(two.data, 4), rowsOf(b, 5)).flat()), CLOSE);
  });

  it('weights to the left, a transposed blob, and a transposed result', async () => {
    const [left, x] = [numbers(3 * 4), blob(1, 5, 4)];
    const blobs = [{ flagged: left }];
    const [got] = await runLayer('Gemm', '3=1 4=1 7=3 9=4 14=1', [x], { blobs });
    expectClose(got ?? x, floats([1, 5, 3], times(rowsOf(x.data, 4), transposed(rowsOf(left, 4))).flat()), CLOSE);
  });

  it('three blobs, the first transposed, and rows of their own in the result', async () => {
    const [x, w, c] = [blob(1, 4, 3), blob(1, 4, 5), blob(1, 3, 5)];
    const [got] = await runLayer('Gemm', '2=1 11=1', [x, w, c]);
    const sum = mapped(
      times(transposed(rowsOf(x.data, 3)), rowsOf(w.data, 5)),
      (v, r, i) => v + (c.data[r * 5 + i] ?? 0),
    );
    expectClose(got ?? x, floats([1, 3, 1, 5], sum.flat()), CLOSE);
  });

  it('a vector is a row, and a vector that is added lies along rows where it is as long', async () => {
    const [x, c] = [blob(1, 4), blob(1, 5)];
    const [got] = await runLayer('Gemm', '5=1 8=5 9=4', [x, c], { blobs: [{ flagged: b }] });
    const sum = mapped(times(rowsOf(x.data, 4), rowsOf(b, 5)), (v, _, i) => v + (c.data[i] ?? 0));
    expectClose(got ?? x, floats([1, 1, 5], sum.flat()), CLOSE);
  });

  it('refuses quantised weights by name', async () => {
    const run = runLayer('Gemm', '5=1 8=5 9=4 18=2', [a], { blobs: [{ int8: range(20) }] });
    await expect(run).rejects.toThrow('weights quantised as 2');
  });
});

/** Matrix `i` of a batch of such sizes, which begins anew where there are fewer. */
const part = (data: ArrayLike<number>, i: number, size: number): number[] => {
  const from = (i % (data.length / size)) * size;
  return Array.from(data).slice(from, from + size);
};

/** The rows of an image of two, and what follows. */
const half = (x: Tensor, i: number): Matrix => rowsOf([...x.data].slice((i * x.data.length) / 2), 4);

describe('MatMul', () => {
  const pairs: readonly (readonly [number[], number[], number[]])[] = [
    [[4], [4], [1]],
    [
      [3, 4],
      [4, 5],
      [3, 5],
    ],
    [[4], [4, 5], [5]],
    [[3, 4], [4], [3]],
    [[4], [2, 4, 5], [2, 5]],
    [[2, 3, 4], [4], [2, 3]],
    [
      [2, 3, 4],
      [4, 5],
      [2, 3, 5],
    ],
    [
      [3, 4],
      [2, 4, 5],
      [2, 3, 5],
    ],
    [
      [2, 3, 4],
      [2, 4, 5],
      [2, 3, 5],
    ],
    [
      [2, 3, 4],
      [6, 2, 4, 5],
      [6, 2, 3, 5],
    ],
  ];

  it.each(pairs)('%s times %s', async (left, right, shape) => {
    const [a, b] = [blob(1, ...left), blob(1, ...right)];
    const columns = right.length === 1 ? 1 : 5;
    const [as, bs] = [left.length > 1 ? 12 : 4, 4 * columns];
    const batch = Math.max(a.data.length / as, b.data.length / bs);
    const expected = range(batch).flatMap((i) =>
      times(rowsOf(part(a.data, i, as), 4), rowsOf(part(b.data, i, bs), columns)).flat(),
    );
    const [got] = await runLayer('MatMul', '', [a, b]);
    expectClose(got ?? a, floats([1, ...shape], expected), CLOSE);
  });

  it('of a transposed right side', async () => {
    const [a, b] = [blob(2, 3, 4), blob(2, 5, 4)];
    const expected = [0, 1].flatMap((i) => times(half(a, i).slice(0, 3), transposed(half(b, i).slice(0, 5))).flat());
    const [got] = await runLayer('MatMul', '0=1', [a, b]);
    expectClose(got ?? a, floats([2, 3, 5], expected), CLOSE);
  });
});

it('Embed takes the nearest row for numbers outside', async () => {
  const [weights, bias] = [numbers(4 * 3), numbers(3)];
  const x = floats([1, 5], [2, 0, 7, -3, 3]);
  const expected = [2, 0, 3, 0, 3].flatMap((word) =>
    range(3).map((i) => (weights[word * 3 + i] ?? 0) + (bias[i] ?? 0)),
  );
  const [got] = await runLayer('Embed', '0=3 1=4 2=1 3=12', [x], { blobs: [{ flagged: weights }, { plain: bias }] });
  expectClose(got ?? x, floats([1, 5, 3], expected), CLOSE);
});

/** Weights and bias of one of the four products of attention. */
interface Projection {
  readonly weights: number[];
  readonly bias: number[];
}

const projection = (from: number, to: number): Projection => ({ weights: numbers(from * to), bias: numbers(to) });

function project(x: Matrix, { weights, bias }: Projection): number[][] {
  const width = x[0]?.length ?? 0;
  return mapped(times(x, transposed(rowsOf(weights, width))), (v, _, i) => v + (bias[i] ?? 0));
}

interface Attention {
  readonly q: Projection;
  readonly k: Projection;
  readonly v: Projection;
  readonly out: Projection;
  readonly heads: number;
  readonly scale: number;
  readonly mask: (head: number, row: number, column: number) => number;
}

function attention(query: Matrix, key: Matrix, value: Matrix, a: Attention): number[] {
  const [q, k, v] = [project(query, a.q), project(key, a.k), project(value, a.v)];
  const each = (q[0]?.length ?? 0) / a.heads;
  const head = (x: Matrix, h: number): Matrix => x.map((row) => row.slice(h * each, (h + 1) * each));
  const joined: number[][] = query.map(() => []);
  for (const h of range(a.heads)) {
    const scores = mapped(times(head(q, h), transposed(head(k, h))), (s, r, i) => s * a.scale + a.mask(h, r, i));
    const weights = scores.map((row) => {
      const exps = row.map((s) => Math.exp(s - Math.max(...row)));
      return exps.map((e) => e / exps.reduce((sum, x) => sum + x, 0));
    });
    times(weights, head(v, h)).forEach((row, r) => joined[r]?.push(...row));
  }
  return project(joined, a.out).flat();
}

/** Attention of two heads over blobs of such widths. */
const attn = (queryWidth: number, keyWidth: number, valueWidth: number): Attention => ({
  q: projection(queryWidth, 8),
  k: projection(keyWidth, 8),
  v: projection(valueWidth, 8),
  out: projection(8, queryWidth),
  heads: 2,
  scale: 0.5,
  mask: () => 0,
});

/** Its weights as the file has them. */
const blobsOf = ({ q, k, v, out }: Attention) =>
  [q, k, v, out].flatMap(({ weights, bias }) => [{ flagged: weights }, { plain: bias }]);

describe('MultiHeadAttention', () => {
  it('of one blob', async () => {
    const a = attn(6, 6, 6);
    const x = blob(2, 5, 6);
    const params = '0=8 1=2 2=48 3=6 4=6';
    const [got] = await runLayer('MultiHeadAttention', params, [x], { blobs: blobsOf(a) });
    const rows = rowsOf(x.data, 6);
    const expected = [rows.slice(0, 5), rows.slice(5)].flatMap((own) => attention(own, own, own, a));
    expectClose(got ?? x, floats([2, 5, 6], expected), CLOSE);
  });

  it.each([2, 3])('of three blobs of other widths, with a mask of %d dimensions and a scale', async (dims) => {
    const mask = blob(1, ...[2, 4, 5].slice(3 - dims));
    const a = {
      ...attn(6, 3, 7),
      scale: 0.3,
      mask: (h: number, r: number, i: number) => mask.data[(dims === 3 ? h * 20 : 0) + r * 5 + i] ?? 0,
    };
    const [q, k, v] = [blob(1, 4, 6), blob(1, 5, 3), blob(1, 5, 7)];
    const params = '0=8 1=2 2=48 3=3 4=7 5=1 6=0.3';
    const [got] = await runLayer('MultiHeadAttention', params, [q, k, v, mask], { blobs: blobsOf(a) });
    const expected = attention(rowsOf(q.data, 6), rowsOf(k.data, 3), rowsOf(v.data, 7), a);
    expectClose(got ?? q, floats([1, 4, 6], expected), CLOSE);
  });

  it('refuses a cache', async () => {
    const run = runLayer('MultiHeadAttention', '0=8 1=2 2=48 7=1', [blob(1, 5, 6)], { blobs: blobsOf(attn(6, 6, 6)) });
    await expect(run).rejects.toThrow('a cache of keys and values');
  });
});
