/** Random cases of detectors' operators on the GPU, against the CPU reference, and the same with operands that are spoiled. */
import { afterAll, describe, expect, it } from 'vitest';
import { floatTolerance } from '../../src/core/compare.ts';
import type { OpAttributes, OpKind } from '../../src/ir/ops.ts';
import { range } from '../../src/util/arrays.ts';
import { randomCase, type JudgedOp } from '../conformance/random-cases.ts';
import { Dice } from '../fuzz/dice.ts';
import { checkCase } from '../helpers/check-case.ts';
import { closeGpu, gpuProfile } from '../helpers/gpu-device.ts';
import type { OpCase } from '../helpers/op-case.ts';
import { randomSource } from '../helpers/random.ts';
import { spoiled } from '../helpers/spoiled.ts';
import { turnsOf } from '../helpers/turns.ts';

/** Seeds of each operator, from which on: others look for more. */
const FIRST = Number(process.env['TILEWISE_SEED'] ?? 1);
/** Cases of each, and as many that are spoiled; fewer where all products there are have to be compiled. */
const countOf = (op: Drawn): number => (op === 'DeformConv' ? 2 : 25);

afterAll(closeGpu);

/** Which operands are spoiled. */
const SPOILED = {
  MaxRoiPool: [1],
  PsRoiPool: [1],
  DeformRoiPool: [1, 2],
  RoiAlign: [1, 2],
  CropAndResize: [1, 2],
  GridSample: [1],
  DeformConv: [2],
  NonMaxSuppression: [0, 1],
  BoxDecode: [0, 1],
  TopK: [0],
  ArgReduce: [0],
  MaxUnpool: [1],
} as const satisfies { readonly [K in OpKind]?: readonly number[] };

type Drawn = keyof typeof SPOILED;

/** Boxes of parts of a map, exact in binary: `width` numbers a box, the image before them where that is 5. */
function boxes(d: Dice, images: number, count: number, most: number, width: 4 | 5): readonly number[] {
  return range(count).flatMap(() => {
    const [x, y] = [d.int(-8, 8 * most), d.int(-8, 8 * most)];
    const corners = [x, y, x + d.int(-4, 40), y + d.int(-4, 40)].map((v) => v / 8);
    return width === 5 ? [d.int(0, images - 1), ...corners] : corners;
  });
}

function psRoiPool(d: Dice): OpCase<'PsRoiPool'> {
  const [outputHeight, outputWidth, images, count] = [d.int(1, 4), d.int(1, 4), d.int(1, 3), d.int(0, 5)];
  const attributes: OpAttributes['PsRoiPool'] = {
    outputHeight,
    outputWidth,
    spatialScale: d.pick([1, 0.5]),
    ends: d.pick(['scaled', 'unscaled']),
  };
  const x = { shape: [images, d.int(1, 9), d.int(1, 9), outputHeight * outputWidth * d.int(1, 5)] };
  const rois = { shape: [count, 5], values: boxes(d, images, count, 8, 5) };
  return { name: 'random', op: 'PsRoiPool', inputs: [x, rois], attributes };
}

function cropAndResize(d: Dice): OpCase<'CropAndResize'> {
  const [images, count] = [d.int(1, 3), d.int(0, 5)];
  const attributes: OpAttributes['CropAndResize'] = {
    outputHeight: d.int(1, 5),
    outputWidth: d.int(1, 5),
    mode: d.pick(['nearest', 'linear']),
    extrapolation: d.pick([0, -2.5]),
  };
  return {
    name: 'random',
    op: 'CropAndResize',
    inputs: [
      { shape: [images, d.int(1, 9), d.int(1, 9), d.int(1, 9)] },
      { shape: [count, 4], values: boxes(d, images, count, 1, 4) },
      { dtype: 'int32', shape: [count], values: range(count).map(() => d.int(0, images - 1)) },
    ],
    attributes,
  };
}

/** Of scores and boxes that onnxruntime judges, in all forms that it does not have, but soft ones, whose scores come near each other. */
function suppression(d: Dice, seed: number): OpCase<'NonMaxSuppression'> {
  const { attributes, ...c } = randomCase('NonMaxSuppression', seed);
  return {
    ...c,
    attributes: {
      ...attributes,
      offset: d.pick([0, 1]),
      inclusive: d.chance(0.5),
      scoreInclusive: d.chance(0.5),
      ties: d.pick(['lower', 'higher']),
      classAgnostic: d.chance(0.5),
      padded: d.chance(0.5),
    },
    outputCount: d.int(2, 3),
  };
}

function drawn(op: Drawn, seed: number): OpCase {
  const d = new Dice(randomSource(seed));
  if (op === 'PsRoiPool') return psRoiPool(d);
  if (op === 'CropAndResize') return cropAndResize(d);
  if (op === 'NonMaxSuppression') return suppression(d, seed);
  return randomCase(op satisfies JudgedOp, seed);
}

describe.concurrent('random cases of detectors', () => {
  it.for(Object.keys(SPOILED) as Drawn[])('%s', async (op, { task }) => {
    const device = await gpuProfile();
    const cases = range(countOf(op)).flatMap((i) => {
      const c = drawn(op, FIRST + i);
      return [c, spoiled(c, SPOILED[op], FIRST + i)];
    });
    const turns = turnsOf(cases, device);
    const failures: string[] = [];
    for (const [i, c] of cases.entries()) {
      try {
        await checkCase(c, turns(c), c.tolerance ?? floatTolerance(64));
      } catch (error) {
        failures.push(`seed ${FIRST + Math.floor(i / 2)}, ${c.name}: ${String(error)} ${JSON.stringify(c)}`);
      }
    }
    task.meta.runs = cases.reduce((sum, c) => sum + turns(c).length, 0);
    expect(failures).toEqual([]);
  });
});
