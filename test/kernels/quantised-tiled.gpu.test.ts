/**
 * Products of 8-bit integers as GPUs run them equal the CPU reference bit for bit, in every tile: blocks that end within
 * rows, columns, words and the depth; windows of all kinds; every rule of rounding; zero points of both operands.
 */
import { afterAll, expect, it } from 'vitest';
import type { DeviceProfile } from '../../src/core/limits.ts';
import { PACKED_DOT } from '../../shaders/lib/int8.ts';
import type { Rounding } from '../../src/ir/ops.ts';
import { QUANTISED_TILES, quantisedTileName } from '../../src/kernels/quantise/tiled.ts';
import { product, range } from '../../src/util/arrays.ts';
import { checkCase } from '../helpers/check-case.ts';
import { FULL } from '../helpers/full.ts';
import { closeGpu, gpuProfile } from '../helpers/gpu-device.ts';
import { variantsOf, type Setup } from '../helpers/lower-case.ts';
import type { CaseInput, OpCase } from '../helpers/op-case.ts';
import { affine, bytes, type Byte } from '../helpers/quantised-case.ts';

afterAll(closeGpu);

const EXACT = { rtol: 0, atol: 0 };

interface Numbers {
  readonly types: readonly [x: Byte, w: Byte, y: Byte];
  readonly zeroPoints: readonly [x: number, w: number, y: number];
  readonly rounding: Rounding;
  readonly perChannel?: boolean;
}

const NUMBERS: Readonly<Record<string, Numbers>> = {
  signed: { types: ['int8', 'int8', 'int8'], zeroPoints: [-3, 0, 5], rounding: 'tfl-double', perChannel: true },
  unsigned: { types: ['uint8', 'uint8', 'uint8'], zeroPoints: [128, 121, 0], rounding: 'xnnpack' },
  mixed: { types: ['uint8', 'int8', 'uint8'], zeroPoints: [0, 0, 255], rounding: 'float-even', perChannel: true },
  ends: { types: ['int8', 'uint8', 'int8'], zeroPoints: [127, 0, -128], rounding: 'float-away' },
};

/** Scales and zero points of the operands, a bias; results lie about their type's range. */
function operands(x: CaseInput, w: CaseInput, columns: number, terms: number, numbers: Numbers) {
  const { types, zeroPoints, perChannel } = numbers;
  const scales = range(columns).map((m) => Math.fround(0.01 * (1 + (m % 7))));
  const zw = range(columns).map(() => zeroPoints[1]);
  return [
    x,
    ...affine(types[0], 0.02, zeroPoints[0]),
    w,
    ...(perChannel ? affine(types[1], scales, zw) : affine(types[1], 0.01, zeroPoints[1])),
    ...affine(types[2], Math.fround(0.01 * Math.sqrt(terms + 1)), zeroPoints[2]),
    { dtype: 'int32', shape: [columns], low: -5000, high: 5000, constant: true } as const,
  ];
}

interface Convolution {
  readonly x: readonly number[];
  readonly kernel: readonly number[];
  readonly columns: number;
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly pads?: readonly number[];
}

function convolution(name: string, numbers: Numbers, conv: Convolution): OpCase<'QLinearConv'> {
  const { x, kernel, columns, strides, dilations, pads } = conv;
  const channels = x.at(-1) ?? 0;
  const ones = kernel.map(() => 1);
  return {
    name,
    op: 'QLinearConv',
    inputs: operands(
      bytes(numbers.types[0], x),
      bytes(numbers.types[1], [...kernel, channels, columns], { constant: true }),
      columns,
      product(kernel) * channels,
      numbers,
    ),
    attributes: {
      strides: strides ?? ones,
      dilations: dilations ?? ones,
      pads: pads ?? [...kernel, ...kernel].map(() => 0),
      padMode: 'explicit',
      group: 1,
      rounding: numbers.rounding,
      range: numbers.types[2] === 'int8' ? [-128, 127] : [0, 255],
    },
    noOracle: 'drawn for the GPU',
  };
}

function matrix(name: string, numbers: Numbers, [rows, depth, columns]: readonly [number, number, number]) {
  const c: OpCase<'QLinearMatMul'> = {
    name,
    op: 'QLinearMatMul',
    inputs: operands(
      bytes(numbers.types[0], [rows, depth]),
      bytes(numbers.types[1], [depth, columns], { constant: true }),
      columns,
      depth,
      numbers,
    ),
    attributes: {
      transA: false,
      transB: false,
      rounding: numbers.rounding,
      range: numbers.types[2] === 'int8' ? [-100, 90] : [7, 250],
    },
    noOracle: 'drawn for the GPU',
  };
  return c;
}

/** Shapes, the numbers they are run with, and the kinds of tiles that must take them. */
const CASES: readonly OpCase[] = Object.entries(NUMBERS).flatMap(([numbers, n], i): OpCase[] => {
  const of = (shape: string): string => `${numbers}: ${shape}`;
  // The end of the last tile lies elsewhere in each.
  return [
    convolution(of('pointwise'), n, { x: [1, 5, 13, 17 + i], kernel: [1, 1], columns: 68 }),
    convolution(of('window'), n, {
      x: [2, 9, 8, [3, 4, 7, 12][i] ?? 3],
      kernel: [3, 3],
      columns: 36 + i,
      pads: [1, 0, 0, 2],
      strides: [1, 1 + (i % 2)],
    }),
    convolution(of('far apart'), n, {
      x: [1, 11, 12, 5 + i],
      kernel: [2, 3],
      columns: 41,
      strides: [2, 1],
      dilations: [3, 2],
      pads: [2, 4, 3, 1],
    }),
    convolution(of('deep'), n, { x: [1, 3, 4, 120 + i], kernel: [3, 3], columns: 24 + 2 * i, pads: [1, 1, 1, 1] }),
    matrix(of('a row'), n, [1, 1100 + i, 37]),
    matrix(of('rows'), n, [66, 30 + i, 70]),
  ];
});

interface Run {
  readonly c: OpCase;
  readonly variant: string;
  readonly setup: Setup;
}

/**
 * A case in every tile that takes it, and without tiles, in every way that values are stored; with bytes unpacked, too.
 * Software adapters are taken for others, whose kernels have the function for packed bytes.
 */
function runsOf(c: OpCase, profile: DeviceProfile): readonly Run[] {
  const device = { ...profile, adapterClass: 'integrated' } as const;
  const unpacked = { ...device, features: device.features.filter((name) => name !== PACKED_DOT) };
  const setups: Setup[] = [{ device, fours: true }, { device }, { device: unpacked, fours: true }];
  return setups.flatMap((setup) =>
    variantsOf(c, setup)
      .filter((variant) => /^(tiled-|strip$|neighbours$)/.test(variant))
      .map((variant) => ({ c, variant, setup })),
  );
}

/** One run of a block of each size, and of others, of another case each: software drivers compile one for a second and more. */
const FEW = ['tiled-128x128x32', 'tiled-64x64x32', 'tiled-32x32x64-split-4', 'tiled-4x256x32-split-16', 'strip'];

function fewOf(runs: readonly Run[]): readonly Run[] {
  const used = new Set<OpCase>();
  return FEW.map((name) => {
    const run = runs.find(({ c, variant }) => variant === name && !used.has(c));
    if (!run) throw new Error(`no case takes ${name}`);
    used.add(run.c);
    return run;
  });
}

/** Every fourth of a variant's runs: three are a case in the three setups, so that each setup has cases of its own. */
function fourthOf(runs: readonly Run[]): readonly Run[] {
  const counts = new Map<string, number>();
  return runs.filter(({ variant }) => {
    const before = counts.get(variant) ?? 0;
    counts.set(variant, before + 1);
    return before % 4 === 0;
  });
}

it('products of 8-bit integers equal the reference bit for bit', async ({ task }) => {
  const device = await gpuProfile();
  const all = CASES.flatMap((c) => {
    const runs = runsOf(c, device);
    expect(runs, c.name).not.toEqual([]);
    return runs;
  });
  expect(new Set(all.map(({ variant }) => variant))).toEqual(
    new Set([...QUANTISED_TILES.map(quantisedTileName), 'strip', 'neighbours']),
  );
  const runs = FULL ? fourthOf(all) : fewOf(all);
  for (const { c, variant, setup } of runs) await checkCase(c, [{ variant, setup }], EXACT);
  task.meta.runs = runs.length;
});
