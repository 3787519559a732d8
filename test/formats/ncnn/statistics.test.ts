/** Normalisations of ncnn against plain loops that follow its rules. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { runLayer, type NcnnBlob } from '../../helpers/ncnn-net.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

const random = randomSource(5);
const CLOSE = { rtol: 1e-5, atol: 1e-6 };
const blob = (...shape: number[]): Tensor => randomTensor('float32', shape, random, -2, 2);
const numbers = (count: number): number[] => [...blob(count).data];

const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
const squares = (x: readonly number[]): number => x.reduce((a, b) => a + b * b, 0);

/** (x − mean) / √(variance + epsilon) */
function standard(x: readonly number[], epsilon: number): number[] {
  const m = mean(x);
  const variance = mean(x.map((v) => (v - m) ** 2));
  return x.map((v) => (v - m) / Math.sqrt(variance + epsilon));
}

/** x / √(mean of squares + epsilon) */
const byRoot = (x: readonly number[], epsilon: number): number[] =>
  x.map((v) => v / Math.sqrt(squares(x) / x.length + epsilon));

/** Parts of so many elements, one after the other, each made another. */
function inParts(x: Tensor, size: number, make: (part: number[], index: number) => number[]): Tensor {
  const data = [...x.data];
  const parts = range(data.length / size).map((i) => make(data.slice(i * size, (i + 1) * size), i));
  return tensorOf('float32', x.shape, parts.flat());
}

async function check(type: string, params: string, x: Tensor, blobs: readonly NcnnBlob[], expected: Tensor) {
  const [y] = await runLayer(type, params, [x], { blobs });
  expectClose(y ?? x, expected, CLOSE);
}

const affine = (gamma: readonly number[], beta: readonly number[]) => (part: number[]) =>
  part.map((v, i) => v * (gamma[i] ?? 0) + (beta[i] ?? 0));

describe('LayerNorm', () => {
  const [gamma, beta] = [numbers(6), numbers(6)];
  const blobs = [{ plain: gamma }, { plain: beta }];

  it.each([[[2, 6]], [[2, 5, 6]], [[2, 3, 4, 6]]])('of the last dimension, %s', async (shape) => {
    const x = blob(...shape);
    const expected = inParts(x, 6, (part) => affine(gamma, beta)(standard(part, 1e-4)));
    await check('LayerNorm', '0=6 1=1e-4', x, blobs, expected);
  });

  it('of whole maps', async () => {
    const x = blob(1, 4, 2, 3);
    const expected = inParts(x, 6, (part) => affine(gamma, beta)(standard(part, 1e-3)));
    await check('LayerNorm', '0=6', x, blobs, expected);
  });

  it('without weights', async () => {
    const x = blob(1, 3, 6);
    await check(
      'LayerNorm',
      '0=6 1=1e-4 2=0',
      x,
      [],
      inParts(x, 6, (part) => standard(part, 1e-4)),
    );
  });

  it('fails where its weights are not as many as a row', async () => {
    await expect(runLayer('LayerNorm', '0=6', [blob(1, 3, 5)], { blobs })).rejects.toThrow(
      'has 6 weights, but blob "x0" is 5 wide',
    );
  });
});

it.each([[[1, 6]], [[2, 5, 6]], [[1, 3, 2, 3]]])('RMSNorm, %s', async (shape) => {
  const gamma = numbers(6);
  const x = blob(...shape);
  const expected = inParts(x, 6, (part) => affine(gamma, [])(byRoot(part, 1e-5)));
  await check('RMSNorm', '0=6 1=1e-5', x, [{ plain: gamma }], expected);
});

it.each([[[2, 6]], [[1, 6, 5]], [[2, 6, 3, 4]]])('GroupNorm, %s', async (shape) => {
  const [gamma, beta] = [numbers(6), numbers(6)];
  const x = blob(...shape);
  const each = x.data.length / (shape[0] ?? 1) / 6;
  const expected = inParts(x, 3 * each, (part, group) =>
    standard(part, 1e-5).map((v, i) => {
      const channel = (group % 2) * 3 + Math.floor(i / each);
      return v * (gamma[channel] ?? 0) + (beta[channel] ?? 0);
    }),
  );
  await check('GroupNorm', '0=2 1=6 2=1e-5', x, [{ plain: gamma }, { plain: beta }], expected);
});

it('InstanceNorm', async () => {
  const [gamma, beta] = [numbers(3), numbers(3)];
  const x = blob(2, 3, 4, 5);
  const expected = inParts(x, 20, (part, i) =>
    standard(part, 1e-3).map((v) => v * (gamma[i % 3] ?? 0) + (beta[i % 3] ?? 0)),
  );
  await check('InstanceNorm', '0=3', x, [{ plain: gamma }, { plain: beta }], expected);
  await check(
    'InstanceNorm',
    '0=3 1=1e-2 2=0',
    x,
    [],
    inParts(x, 20, (part) => standard(part, 1e-2)),
  );
});

it.each([
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
])('MVN, variance %d, across channels %d', async (variance, across) => {
  const x = blob(2, 3, 4, 5);
  const expected = inParts(x, across ? 60 : 20, (part) => {
    const centred = part.map((v) => v - mean(part));
    const deviation = Math.sqrt(squares(centred) / part.length) + 0.01;
    return centred.map((v) => (variance ? v / deviation : v));
  });
  await check('MVN', `0=${variance} 1=${across} 2=1e-2`, x, [], expected);
});

/** Elements of maps within so many of each, and where they lie. */
function around(x: Tensor, near: (dc: number, dy: number, dx: number) => boolean) {
  const [, c = 0, h = 0, w = 0] = x.shape;
  const places = range(c * h * w).map((i) => [Math.floor(i / h / w), Math.floor(i / w) % h, i % w] as const);
  return places.map(([pc, py, px]) =>
    places.flatMap(([qc, qy, qx], i) => (near(qc - pc, qy - py, qx - px) ? [x.data[i] ?? 0] : [])),
  );
}

describe('LRN', () => {
  const x = blob(1, 7, 4, 5);
  const made = (neighbours: number[][], alpha: number): Tensor =>
    tensorOf(
      'float32',
      x.shape,
      neighbours.map((all, i) => (x.data[i] ?? 0) * (1.5 + alpha * squares(all)) ** -0.6),
    );

  it.each([5, 4, 3])('across %d channels', async (size) => {
    const half = Math.floor(size / 2);
    const neighbours = around(x, (dc, dy, dx) => Math.abs(dc) <= half && dy === 0 && dx === 0);
    await check('LRN', `0=0 1=${size} 2=0.3 3=0.6 4=1.5`, x, [], made(neighbours, 0.3 / size));
  });

  it.each([3, 4])('within channels, windows of %d', async (size) => {
    const [before, after] = [Math.floor(size / 2), size - Math.floor(size / 2) - 1];
    const within = (d: number): boolean => -before <= d && d <= after;
    const neighbours = around(x, (dc, dy, dx) => dc === 0 && within(dy) && within(dx));
    await check('LRN', `0=1 1=${size} 2=0.3 3=0.6 4=1.5`, x, [], made(neighbours, 0.3 / size / size));
  });
});

describe('Normalize', () => {
  const x = blob(1, 4, 3, 5);
  const norms: Readonly<Record<number, (sum: number, epsilon: number) => number>> = {
    0: (sum, epsilon) => Math.sqrt(sum + epsilon),
    1: (sum, epsilon) => Math.max(Math.sqrt(sum), epsilon),
    2: (sum, epsilon) => Math.sqrt(Math.max(sum, epsilon)),
  };

  it.each([
    [0, 1, 0],
    [1, 1, 1],
    [1, 0, 2],
    [0, 1, 1],
  ])('across the map %d, channels %d, epsilon by way %d', async (spatial, channels, mode) => {
    const scale = numbers(4);
    const neighbours = around(
      x,
      (dc, dy, dx) => (channels === 1 || dc === 0) && (spatial === 1 || (dy === 0 && dx === 0)),
    );
    const expected = neighbours.map(
      (all, i) => ((x.data[i] ?? 0) / (norms[mode]?.(squares(all), 0.5) ?? 0)) * (scale[Math.floor(i / 15)] ?? 0),
    );
    const params = `0=${spatial} 4=${channels} 2=0.5 9=${mode} 3=4`;
    await check('Normalize', params, x, [{ plain: scale }], tensorOf('float32', x.shape, expected));
  });

  it('one factor for all channels', async () => {
    const neighbours = around(x, (_, dy, dx) => dy === 0 && dx === 0);
    const expected = neighbours.map((all, i) => ((x.data[i] ?? 0) / Math.sqrt(squares(all) + 1e-4)) * 20);
    await check('Normalize', '1=1 3=1', x, [{ plain: [20] }], tensorOf('float32', x.shape, expected));
  });
});
