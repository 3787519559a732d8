/** Layers of ncnn on regions, places and volumes, against plain loops that follow its rules. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { runLayer } from '../../helpers/ncnn-net.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

const random = randomSource(31);
const CLOSE = { rtol: 1e-5, atol: 1e-5 };
const blob = (...shape: number[]): Tensor => randomTensor('float32', shape, random);
const numbers = (count: number): number[] => [...blob(count).data];
const floats = (shape: readonly number[], data: readonly number[]): Tensor => tensorOf('float32', shape, data);

/** A pixel of a map `[1, C, H, W]`. */
function pixel({ shape, data }: Tensor, channel: number, y: number, x: number): number {
  const [, , h = 0, w = 0] = shape;
  return y < 0 || x < 0 || y >= h || x >= w ? 0 : (data[(channel * h + y) * w + x] ?? 0);
}

function bilinear(map: Tensor, channel: number, y: number, x: number): number {
  const [y0, x0] = [Math.floor(y), Math.floor(x)];
  const row = (r: number): number =>
    (1 - x + x0) * pixel(map, channel, r, x0) + (x - x0) * pixel(map, channel, r, x0 + 1);
  return (1 - y + y0) * row(y0) + (y - y0) * row(y0 + 1);
}

/** A bound of a bin within so many pixels. */
const inside = (v: number, size: number): number => Math.min(Math.max(v, 0), size);

/** The pixels of each of 2×3 bins between such ends, in shares of which bins are made. */
function binsOf(map: Tensor, [x1, y1, x2, y2]: readonly [number, number, number, number]) {
  const [, , h = 0, w = 0] = map.shape;
  return range(6).map((i) => {
    const [r, q] = [Math.floor(i / 3), i % 3];
    const [height, width] = [(y2 - y1) / 2, (x2 - x1) / 3];
    const rows = [inside(Math.floor(y1 + r * height), h), inside(Math.ceil(y1 + (r + 1) * height), h)] as const;
    const columns = [inside(Math.floor(x1 + q * width), w), inside(Math.ceil(x1 + (q + 1) * width), w)] as const;
    return range(rows[1] - rows[0]).flatMap((y) =>
      range(columns[1] - columns[0]).map((x) => [rows[0] + y, columns[0] + x] as const),
    );
  });
}

/** Where a coordinate of a grid lies among so many pixels. */
const placeOf = (v: number, size: number): number => ((v + 1) * size - 1) / 2;

describe('regions', () => {
  const map = blob(1, 12, 8, 9);
  const roi = floats([1, 4], [3.2, 1.7, 13.1, 11.4]);

  it('ROIPooling', async () => {
    const [y] = await runLayer('ROIPooling', '0=3 1=2 2=0.5', [map, roi]);
    const [x1, y1, x2, y2] = [...roi.data].map((v) => Math.round(v * 0.5)) as [number, number, number, number];
    const bins = binsOf(map, [x1, y1, x2 + 1, y2 + 1]);
    const expected = range(12).flatMap((c) => bins.map((bin) => Math.max(...bin.map(([r, q]) => pixel(map, c, r, q)))));
    expectClose(y ?? map, floats([1, 12, 2, 3], expected), CLOSE);
  });

  it('PSROIPooling', async () => {
    const [y] = await runLayer('PSROIPooling', '0=3 1=2 2=0.5 3=2', [map, roi]);
    const [x1, y1, x2, y2] = [...roi.data].map((v, i) => Math.round(i < 2 ? v : v + 1) * 0.5) as [
      number,
      number,
      number,
      number,
    ];
    const expected = range(2).flatMap((c) =>
      binsOf(map, [x1, y1, x2, y2]).map(
        (bin, i) => bin.reduce((sum, [r, q]) => sum + pixel(map, c * 6 + i, r, q), 0) / bin.length,
      ),
    );
    expectClose(y ?? map, floats([1, 2, 2, 3], expected), CLOSE);
  });

  it.each([0, 1])('ROIAlign as Detectron 2 has it, aligned %d', async (aligned) => {
    const [y] = await runLayer('ROIAlign', `0=3 1=2 2=0.5 3=2 4=${aligned} 5=1`, [map, roi]);
    const [x1, y1, x2, y2] = [...roi.data].map((v) => v * 0.5 - aligned * 0.5) as [number, number, number, number];
    const [width, height] = [(x2 - x1) / 3, (y2 - y1) / 2];
    const expected = range(12 * 6).map((n) => {
      const [c, r, q] = [Math.floor(n / 6), Math.floor(n / 3) % 2, n % 3];
      const samples = range(4).map((s) =>
        bilinear(map, c, y1 + (r + (Math.floor(s / 2) + 0.5) / 2) * height, x1 + (q + ((s % 2) + 0.5) / 2) * width),
      );
      return samples.reduce((a, b) => a + b, 0) / 4;
    });
    expectClose(y ?? map, floats([1, 12, 2, 3], expected), CLOSE);
  });

  it('refuses its own older ROIAlign by name', async () => {
    await expect(runLayer('ROIAlign', '0=3 1=2', [map, roi])).rejects.toThrow('version 0');
  });

  it.each([0, 1])('GridSample, the grid with x and y last or first (%d)', async (first) => {
    const grid = blob(1, 3, 4, 2);
    const given = first
      ? floats(
          [1, 2, 3, 4],
          [0, 1].flatMap((k) => range(12).map((i) => grid.data[2 * i + k] ?? 0)),
        )
      : grid;
    const [y] = await runLayer('GridSample', `0=1 1=1 2=0 3=${first}`, [map, given]);
    const expected = range(12 * 12).map((n) => {
      const [x = 0, v = 0] = [grid.data[2 * (n % 12)], grid.data[2 * (n % 12) + 1]];
      return bilinear(map, Math.floor(n / 12), placeOf(v, 8), placeOf(x, 9));
    });
    expectClose(y ?? map, floats([1, 12, 3, 4], expected), CLOSE);
  });
});

it.each([true, false])('DeformableConv2D, with a mask: %s', async (hasMask) => {
  const [map, weights, bias] = [blob(1, 3, 6, 7), numbers(4 * 3 * 9), numbers(4)];
  const [offset, mask] = [blob(1, 18, 3, 4), blob(1, 9, 3, 4)];
  const params = `0=4 1=3 3=2 4=1 5=1 6=${weights.length} 9=1`;
  const inputs = [map, offset, ...(hasMask ? [mask] : [])];
  const [y] = await runLayer('DeformableConv2D', params, inputs, { blobs: [{ flagged: weights }, { plain: bias }] });
  const expected = range(4 * 12).map((n) => {
    const [o, r, q] = [Math.floor(n / 12), Math.floor(n / 4) % 3, n % 4];
    let sum = bias[o] ?? 0;
    for (const k of range(9)) {
      const row = r * 2 - 1 + Math.floor(k / 3) + pixel(offset, 2 * k, r, q);
      const column = q * 2 - 1 + (k % 3) + pixel(offset, 2 * k + 1, r, q);
      const weight = hasMask ? pixel(mask, k, r, q) : 1;
      for (const c of range(3)) sum += bilinear(map, c, row, column) * weight * (weights[(o * 3 + c) * 9 + k] ?? 0);
    }
    return Math.max(sum, 0);
  });
  expectClose(y ?? map, floats([1, 4, 3, 4], expected), CLOSE);
});

/** The mean of numbers that count for so many. */
const mean = (all: readonly number[], count: number): number => all.reduce((a, b) => a + b, 0) / count;

describe('volumes', () => {
  const x = blob(1, 4, 4, 5, 6);
  const voxel = (c: number, z: number, y: number, v: number): number | undefined =>
    z < 0 || y < 0 || v < 0 || z > 3 || y > 4 || v > 5 ? undefined : x.data[((c * 4 + z) * 5 + y) * 6 + v];

  /** The voxels of each window of 2×3×2, by steps of 1×2×2, with one of padding at the top and to the left. */
  const windows = (c: number): (number | undefined)[][] =>
    range(3 * 2 * 3).map((n) => {
      const [z, y, v] = [Math.floor(n / 6), Math.floor(n / 3) % 2, n % 3];
      return range(12).map((k) =>
        voxel(c, z + Math.floor(k / 6), 2 * y - 1 + (Math.floor(k / 2) % 3), 2 * v - 1 + (k % 2)),
      );
    });
  const window = '1=2 11=3 21=2';

  it.each([
    ['Convolution3D', 1],
    ['ConvolutionDepthWise3D', 2],
  ])('%s', async (type, group) => {
    const [weights, bias] = [numbers((6 * 4 * 12) / group), numbers(6)];
    const params = `0=6 ${window} 3=2 13=2 23=1 4=1 15=0 14=1 16=0 24=0 17=0 5=1 6=${weights.length} 7=${group}`;
    const [y] = await runLayer(type, group > 1 ? params : params.replace(' 7=1', ''), [x], {
      blobs: [{ flagged: weights }, { plain: bias }],
    });
    const each = 4 / group;
    const expected = range(6).flatMap((o) =>
      range(18).map((n) => {
        const first = Math.floor(o / (6 / group)) * each;
        const taps = range(each).flatMap((c) => windows(first + c)[n] ?? []);
        return taps.reduce<number>((sum, v, i) => sum + (v ?? 0) * (weights[o * each * 12 + i] ?? 0), bias[o] ?? 0);
      }),
    );
    expectClose(y ?? x, floats([1, 6, 3, 2, 3], expected), CLOSE);
  });

  it.each([
    ['max', '0=0'],
    ['average', '0=1'],
    ['average with its padding', '0=1 6=1'],
    ['global average', '0=1 4=1'],
  ])('Pooling3D, %s', async (kind, params) => {
    const own = `${params} ${window} 2=2 12=2 22=1 3=1 14=0 13=1 15=0 23=0 16=0 5=1`;
    const [y] = await runLayer('Pooling3D', own, [x]);
    if (kind === 'global average') {
      const expected = range(4).map((c) => mean([...x.data].slice(c * 120, (c + 1) * 120), 120));
      return expectClose(y ?? x, floats([1, 4], expected), CLOSE);
    }
    const expected = range(4).flatMap((c) =>
      windows(c).map((taps) => {
        const inside = taps.filter((v) => v !== undefined);
        return kind === 'max' ? Math.max(...inside) : mean(inside, kind === 'average' ? inside.length : 12);
      }),
    );
    expectClose(y ?? x, floats([1, 4, 3, 2, 3], expected), CLOSE);
  });
});
