/** Random cases of quantised operators: the GPU gives the CPU reference's integers, in every variant, packed and unpacked. */
import { afterAll, describe, it } from 'vitest';
import { range } from '../../src/util/arrays.ts';
import { checkCase } from '../helpers/check-case.ts';
import { FULL } from '../helpers/full.ts';
import { closeGpu, gpuProfile } from '../helpers/gpu-device.ts';
import { DRAWABLE, randomCase } from '../helpers/quantised-random.ts';
import { turnsOf } from '../helpers/turns.ts';

/** Seeds of each operator, from which on: others look for more. */
const FIRST = Number(process.env['TILEWISE_SEED'] ?? 1);
const COUNT = FULL ? 150 : 8;

const EXACT = { rtol: 0, atol: 0 };

afterAll(closeGpu);

describe.concurrent('random quantised cases equal the reference bit for bit', () => {
  it.for(DRAWABLE)('%s', async (op, { task }) => {
    const cases = range(COUNT).map((i) => randomCase(op, FIRST + i));
    const turns = turnsOf(cases, await gpuProfile());
    const runs = cases.map((c) => ({ c, turns: turns(c) }));
    for (const { c, turns: own } of runs) await checkCase(c, own, EXACT);
    task.meta.runs = runs.reduce((sum, { turns: own }) => sum + own.length, 0);
  });
});
