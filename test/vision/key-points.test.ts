/** Heat maps with a known top: the highest cell, and what each refinement makes of it. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { range } from '../../src/util/arrays.ts';
import { decodeHeatMaps } from '../../src/vision/decode/key-points.ts';

const [HEIGHT, WIDTH] = [17, 21];

/** Gaussians of a deviation of 2, as the maps of pose estimators are trained to be. */
const bells = (tops: readonly (readonly [number, number])[]): Tensor =>
  tensorOf(
    'float32',
    [1, tops.length, HEIGHT, WIDTH],
    tops.flatMap(([x, y]) =>
      range(HEIGHT * WIDTH).map((i) => Math.exp(-((((i % WIDTH) - x) ** 2 + (Math.floor(i / WIDTH) - y) ** 2) / 8))),
    ),
  );

const TOPS = [
  [10.3, 8.4],
  [7.8, 9.1],
  [5, 6],
] as const;

describe('peaks of heat maps', () => {
  it('are the highest cells, moved by a quarter towards the higher neighbours', () => {
    const [found = []] = decodeHeatMaps(bells(TOPS));
    expect(found.map(({ x, y }) => [x, y])).toEqual([
      [10.25, 8.25],
      [7.75, 9.25],
      [5, 6],
    ]);
    const [plain = []] = decodeHeatMaps(bells(TOPS), { refine: 'none' });
    expect(plain.map(({ x, y }) => [x, y])).toEqual([
      [10, 8],
      [8, 9],
      [5, 6],
    ]);
    expect(plain[2]?.score).toBe(1);
  });

  it.each([1, 11])('are found to a part of a cell by their logarithms, blur %i', (blur) => {
    const [found = []] = decodeHeatMaps(bells(TOPS), { refine: 'taylor', blur });
    // The logarithm of a Gaussian is a parabola, and a blurred Gaussian is one, but for where the kernel and the map end.
    for (const [i, [x, y]] of TOPS.entries()) {
      expect(Math.hypot((found[i]?.x ?? NaN) - x, (found[i]?.y ?? NaN) - y)).toBeLessThan(blur === 1 ? 1e-5 : 0.02);
    }
  });

  it('stay whole cells at the border, in flat maps, and pass over NaN', () => {
    const corner = bells([[0.3, 0.3]]);
    for (const refine of ['quarter', 'taylor'] as const) {
      expect(decodeHeatMaps(corner, { refine })[0]?.[0]).toMatchObject({ x: 0, y: 0 });
      const flat = decodeHeatMaps(
        tensorOf(
          'float32',
          [2, 1, 5, 5],
          range(50).map(() => 3),
        ),
        { refine },
      );
      expect(flat).toEqual([[{ x: 0, y: 0, score: 3 }], [{ x: 0, y: 0, score: 3 }]]);
    }
    expect(decodeHeatMaps(tensorOf('float32', [1, 1, 1, 3], [NaN, -2, -1]))).toEqual([[{ x: 2, y: 0, score: -1 }]]);
  });

  it('are of maps, and refined by what there is', () => {
    expect(() => decodeHeatMaps(tensorOf('float32', [3], [1, 2, 3]))).toThrow(InputError);
    expect(() => decodeHeatMaps(bells(TOPS), { blur: 4 })).toThrow(InputError);
    expect(() => decodeHeatMaps(bells(TOPS), { refine: 'half' as never })).toThrow(InputError);
  });
});
