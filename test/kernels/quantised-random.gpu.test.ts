/** Random cases of quantised operators: the GPU gives the CPU reference's integers, in every variant, packed and unpacked. */
import { afterAll, describe, expect, it } from 'vitest';
import { range } from '../../src/util/arrays.ts';
import { checkCase } from '../helpers/check-case.ts';
import { FULL } from '../helpers/full.ts';
import { closeGpu, gpuProfile } from '../helpers/gpu-device.ts';
import { lowerCase } from '../helpers/lower-case.ts';
import { DRAWABLE, randomCase } from '../helpers/quantised-random.ts';
import { turnsOf } from '../helpers/turns.ts';

/** Seeds of each operator, from which on: others look for more. */
const FIRST = Number(process.env['TILEWISE_SEED'] ?? 1);
const COUNT = FULL ? 10 : 4;

const EXACT = { rtol: 0, atol: 0 };

afterAll(closeGpu);

/** So few workgroups in one dimension that dispatches have two. */
const NARROW = 7;

describe.concurrent('random quantised cases equal the reference bit for bit', () => {
  it.for(DRAWABLE)('%s', async (op, { task }) => {
    const cases = range(COUNT).map((i) => randomCase(op, FIRST + i));
    const turns = turnsOf(cases, await gpuProfile());
    const runs = cases.map((c) => ({ c, turns: turns(c) }));
    for (const { c, turns: own } of runs) await checkCase(c, own, EXACT);
    task.meta.runs = runs.reduce((sum, { turns: own }) => sum + own.length, 0);
  });

  // Software adapters compile for most of a minute here.
  if (FULL)
    it('in dispatches of two dimensions', async () => {
      const device = await gpuProfile();
      const limits = { ...device.limits, maxComputeWorkgroupsPerDimension: NARROW };
      const narrow = { ...device, limits };
      let wide = 0;
      for (const op of DRAWABLE) {
        const cases = range(3).map((i) => randomCase(op, 101 + i));
        const turns = turnsOf(cases, narrow);
        for (const c of cases) {
          for (const { variant, setup } of turns(c)) {
            if (variant !== undefined)
              wide += lowerCase(c, variant, setup).filter(({ workgroups: [, y] }) => y > 1).length;
          }
          await checkCase(c, turns(c), EXACT);
        }
      }
      expect(wide).toBeGreaterThan(3);
    });
});
