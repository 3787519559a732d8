/** Random cases of ConvTranspose, of one to three dimensions, on the GPU against the CPU reference. */
import { afterAll, expect, it } from 'vitest';
import { floatTolerance } from '../../src/core/compare.ts';
import { NO_ACTIVATION, RELU, type OpAttributes } from '../../src/ir/ops.ts';
import { KERNELS } from '../helpers/every-operator.ts';
import { at, product, range } from '../../src/util/arrays.ts';
import { describeCase, randomCase } from '../conformance/random-cases.ts';
import { Dice } from '../fuzz/dice.ts';
import { checkCase } from '../helpers/check-case.ts';
import { closeGpu, gpuProfile } from '../helpers/gpu-device.ts';
import { variantsOf } from '../helpers/lower-case.ts';
import type { OpCase } from '../helpers/op-case.ts';
import { randomSource } from '../helpers/random.ts';

/** Seeds, from which on: others look for more. */
const FIRST = Number(process.env['TILEWISE_SEED'] ?? 1);
const COUNT = 30;

afterAll(closeGpu);

type Case = OpCase<'ConvTranspose'>;

const ints = (d: Dice, count: number, low: number, high: number): number[] => range(count).map(() => d.int(low, high));

/** Groups and channels: depthwise, grouped, or dense and enough for tiles. */
function channels(d: Dice): { readonly group: number; readonly inC: number; readonly outC: number } {
  const group = d.pick([1, 1, 2, 8]);
  if (d.chance(0.3)) return { group: 4 * group, inC: 4 * group, outC: 4 * group };
  return { group, inC: group * d.int(1, 9), outC: group * d.pick([1, 3, 4, 8, 33]) };
}

/** Larger than those of `randomCase`, without dilation in most, and cut by more than a stride. */
function large(seed: number): Case {
  const d = new Dice(randomSource(seed));
  const spatial = d.pick([1, 2, 2, 2, 2, 3]);
  const kernel = ints(d, spatial, 1, spatial === 3 ? 3 : 5);
  const strides = ints(d, spatial, 1, 4);
  const dilations = d.chance(0.8) ? range(spatial).map(() => 1) : ints(d, spatial, 1, 3);
  const extents = ints(d, spatial, 1, spatial === 3 ? 4 : 9);
  const outputPads = strides.map((s) => d.int(0, s - 1));
  const whole = extents.map(
    (e, i) => at(strides, i) * (e - 1) + at(outputPads, i) + (at(kernel, i) - 1) * at(dilations, i) + 1,
  );
  const begin = whole.map((e) => d.int(0, Math.min(9, e - 1)));
  const end = whole.map((e, i) => d.int(0, Math.min(5, e - 1 - at(begin, i))));
  const { group, inC, outC } = channels(d);
  const attributes: OpAttributes['ConvTranspose'] = {
    strides,
    dilations,
    pads: [...begin, ...end],
    autoPad: 'explicit',
    outputPads,
    outputShape: [],
    group,
    activation: d.pick([NO_ACTIVATION, RELU]),
  };
  const w = { shape: [...kernel, inC / group, outC], constant: true };
  const bias = d.chance(0.6) ? { shape: [outC], constant: d.chance(0.8) } : undefined;
  return {
    name: `large ${seed}`,
    op: 'ConvTranspose',
    inputs: [{ shape: [d.int(1, 2), ...extents, inC] }, w, bias],
    attributes,
  };
}

/** Enough pixels and channels for the largest tile. */
const LARGEST: Case = {
  name: 'largest tile',
  op: 'ConvTranspose',
  inputs: [{ shape: [1, 9, 10, 6] }, { shape: [3, 4, 6, 29], constant: true }, { shape: [29], constant: true }],
  attributes: {
    strides: [2, 2],
    dilations: [1, 1],
    pads: [1, 0, 0, 2],
    autoPad: 'explicit',
    outputPads: [0, 1],
    outputShape: [],
    group: 1,
    activation: NO_ACTIVATION,
  },
};

const cases: readonly Case[] = [
  LARGEST,
  ...range(COUNT).flatMap((i) => [randomCase('ConvTranspose', FIRST + i), large(FIRST + i)]),
];

/** Of the variants that take a case one in three, the largest case apart: software drivers compile most for a second. */
const isTurn = (i: number, j: number): boolean => i === 0 || (i + j) % 3 === 0;

it('random transposed convolutions equal the reference, and every variant has some', async () => {
  const device = await gpuProfile();
  const taken = new Set<string>();
  await Promise.all(
    cases.map(async (c, i) => {
      const variants = variantsOf(c, { device }).filter((_, j) => isTurn(i, j));
      variants.forEach((variant) => taken.add(variant));
      const w = at(c.inputs, 1)?.shape ?? [];
      const turns = variants.map((variant) => ({ variant, setup: { device } }));
      if (turns.length > 0)
        await checkCase(c, turns, floatTolerance(product(w.slice(0, -1)))).catch((error: unknown) => {
          throw new Error(describeCase(c), { cause: error });
        });
    }),
  );
  const { variants } = KERNELS.ConvTranspose as { readonly variants: readonly { readonly name: string }[] };
  expect(variants.map(({ name }) => name).filter((name) => !taken.has(name))).toEqual([]);
});
