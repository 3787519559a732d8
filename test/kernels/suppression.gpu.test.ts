/** NonMaxSuppression at the sizes of detectors: few dispatches, the reference's answer to the last index, an error where memory ends. */
import { afterAll, describe, expect, it } from 'vitest';
import {
  SUPPRESSION_SETTINGS,
  suppressionFeeds,
  suppressionGraph,
  type SuppressionSetting,
} from '../../bench/kernels/operators/nms.ts';
import { PlanError } from '../../src/core/errors.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compile } from '../../src/passes/pipeline.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { profileOf, requestDevice } from '../../src/runtime/webgpu/device.ts';
import { Executor } from '../../src/runtime/webgpu/executor.ts';
import { at } from '../../src/util/arrays.ts';
import '../helpers/every-operator.ts';
import { TEST_PROFILE } from '../helpers/lower-case.ts';

const { adapter } = await openGpu();
const device = await requestDevice(adapter);
afterAll(() => device.destroy());

const MOST_DISPATCHES = 8;

function planOf(setting: SuppressionSetting, profile = profileOf(device)): Plan {
  return planGraph(compile(suppressionGraph(setting), { level: 'full' }), profile);
}

describe('NonMaxSuppression', () => {
  it.each(SUPPRESSION_SETTINGS)('takes at most eight dispatches: $name', (setting) => {
    expect(planOf(setting).steps.length).toBeLessThanOrEqual(MOST_DISPATCHES);
  });

  it('chooses of 10 000 boxes what the reference chooses', async () => {
    const setting = at(SUPPRESSION_SETTINGS, 0);
    const feeds = new Map(Object.entries(suppressionFeeds(setting)));
    const executor = await Executor.create(device, planOf(setting));
    const actual = (await executor.run(feeds)).get('selected');
    executor.dispose();
    const expected = runGraph(compile(suppressionGraph(setting), { level: 'reference' }), feeds).get('selected');
    expect(actual?.shape).toEqual(expected?.shape);
    expect(actual?.shape[0]).toBeGreaterThan(900);
    expect(Array.from(actual?.data ?? [])).toEqual(Array.from(expected?.data ?? []));
  });

  it('refuses more boxes and classes than a device binds, by name', () => {
    const setting = { ...at(SUPPRESSION_SETTINGS, 0), n: 100_000, classes: 400 };
    // What every device binds: some bind all of this.
    const plan = (): Plan => planOf(setting, TEST_PROFILE);
    expect(plan).toThrow(PlanError);
    expect(plan).toThrow(/bytes; this device binds at most/);
  });
});
