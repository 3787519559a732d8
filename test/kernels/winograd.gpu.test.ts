/** Rounding of Winograd convolution on pixels and weights as trained networks have them, against float64. */
import { afterAll, describe, expect, it } from 'vitest';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { at, product, range } from '../../src/util/arrays.ts';
import { closeGpu, gpuProfile } from '../helpers/gpu-device.ts';
import { referenceOf, runCaseOnGpu } from '../helpers/gpu-run.ts';
import type { OpCase } from '../helpers/op-case.ts';
import { randomSource } from '../helpers/random.ts';

afterAll(closeGpu);

/** Normal numbers, as sums of twelve uniform ones. */
function normals(count: number, random: () => number): number[] {
  return range(count).map(() => range(12).reduce((sum) => sum + random(), -6));
}

function layer(side: number, channels: number): OpCase<'Conv'> {
  const random = randomSource(side);
  const x = [1, side, side, channels];
  const w = [3, 3, channels, channels];
  const spread = Math.sqrt(2 / (9 * channels));
  return {
    name: `${side}²×${channels}`,
    op: 'Conv',
    inputs: [
      { shape: x, values: normals(product(x), random).map((v) => Math.max(0, v)) },
      { shape: w, values: normals(product(w), random).map((v) => v * spread), constant: true },
    ],
    attributes: {
      strides: [1, 1],
      dilations: [1, 1],
      pads: [1, 1, 1, 1],
      padMode: 'explicit',
      group: 1,
      activation: NO_ACTIVATION,
    },
  };
}

/** Root mean square of the error, in that of the results. */
async function errorOf(c: OpCase<'Conv'>, variant: string): Promise<number> {
  const device = await gpuProfile();
  const [actual, expected] = [at(await runCaseOnGpu(c, variant, { device }), 0), at(referenceOf(c), 0)];
  let [squares, size] = [0, 0];
  expected.data.forEach((e, i) => {
    squares += (at(actual.data, i) - e) ** 2;
    size += e ** 2;
  });
  return Math.sqrt(squares / size);
}

/** The errors are 0.7 to 1.1 and 3 to 4 times those of the direct kernel; half as much again is left for other adapters. */
const AGAINST_DIRECT = { '2x2': 1.7, '4x4': 6 };

describe.each([
  [28, 32],
  [14, 128],
])('%i² pixels × %i channels', (side, channels) => {
  it('rounds little more than a plain sum', async () => {
    const c = layer(side, channels);
    const direct = await errorOf(c, 'direct');
    for (const tile of ['2x2', '4x4'] as const) {
      for (const family of ['registers', 'tiled']) {
        const error = await errorOf(c, `winograd-${tile}-${family}`);
        expect(error / direct, `${tile}, ${family}`).toBeLessThan(AGAINST_DIRECT[tile]);
      }
    }
  });
});
