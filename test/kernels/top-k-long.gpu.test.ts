/** TopK of long rows, from a few to many of them, with ties and what is not finite, against a sort on the host. */
import { afterAll, describe, expect, it } from 'vitest';
import { range } from '../../src/util/arrays.ts';
import { randomSource } from '../../src/util/random.ts';
import { closeGpu } from '../helpers/gpu-device.ts';
import { runCaseOnGpu, variantsOf } from '../helpers/gpu-run.ts';
import type { OpCase } from '../helpers/op-case.ts';

afterAll(closeGpu);

const random = randomSource(7);

/** What rows are made of. */
const ROWS: Readonly<Record<string, (n: number) => number[]>> = {
  'different numbers': (n) => range(n).map(() => Math.fround(random() - 0.5)),
  'ties of a hundred': (n) => range(n).map(() => Math.floor(random() * 100) - 50),
  'hardly any number': (n) => range(n).map((i) => [NaN, Infinity, -Infinity, 0, -0, 1][Math.floor(random() * 7)] ?? i),
  'one number': (n) => range(n).map(() => 3),
};

/** The order of TopK: by value, NaN above every number, equals by position. */
function ranks(values: readonly number[], largest: boolean): number[] {
  const [low, high] = largest ? [1, -1] : [-1, 1];
  const order = (a: number, b: number): number => {
    if (Number.isNaN(a) || Number.isNaN(b)) return (Number(Number.isNaN(b)) - Number(Number.isNaN(a))) * low;
    return a === b ? 0 : a < b ? low : high;
  };
  return range(values.length).sort((i, j) => order(values[i] ?? 0, values[j] ?? 0) || i - j);
}

describe('TopK of long rows', () => {
  const sizes = [1023, 1025, 4097, 20_000, 100_000].flatMap((n) =>
    [1, 10, 1000, 1024, 1025, 10_000].filter((k) => k <= n).map((k) => [n, k] as const),
  );
  it.each(sizes)('%i, the best %i', async (n, k) => {
    for (const [name, rowOf] of Object.entries(ROWS)) {
      for (const largest of [true, false]) {
        const values = rowOf(n);
        const expected = ranks(values, largest).slice(0, k);
        const c: OpCase<'TopK'> = {
          name,
          op: 'TopK',
          inputs: [
            { shape: [n], values },
            { dtype: 'int64', shape: [1], values: [k], constant: true },
          ],
          attributes: { axis: 0, largest },
          outputCount: 2,
        };
        const [best, indices] = await runCaseOnGpu(c, variantsOf(c)[0] ?? '');
        expect(Array.from(indices?.data ?? []), `${name}, ${largest ? 'largest' : 'smallest'}`).toEqual(expected);
        expect(Array.from(best?.data ?? [])).toEqual(expected.map((i) => values[i]));
      }
    }
  });
});
