/** Profiles on a real device, by its timestamps and by the host's clock. */
import { describe, expect, it } from 'vitest';
import { mobilenetV2 } from '../../models/index.ts';
import { chromeTrace } from '../../src/analysis/trace.ts';
import { isPeaks, type AdapterPeaks } from '../../src/measure/adapter-peaks.ts';
import { InputError } from '../../src/core/errors.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { Session } from '../../src/session/session.ts';
import type { TuningCache } from '../../src/measure/tuning-key.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

const gpu = async (): Promise<GPUAdapter> => (await openGpu()).adapter;
const graph = mobilenetV2({ width: 0.35, resolution: 32, classes: 10 });
const feeds = { input: randomTensor('float32', [1, 32, 32, 3], randomSource(3)) };
const peaks: AdapterPeaks = {
  gflops: 10,
  gbps: 5,
  dispatchUs: 10,
  roundTripUs: 100,
  timing: 'wall',
  arithmetic: [],
  bandwidth: [],
};

describe('Session.profile', () => {
  it.each([false, true])('times the steps of the plan, each run whole (wall: %s)', async (wall) => {
    using session = await Session.create(graph, { gpu });
    const plan = await session.plan();
    const report = await session.profile(feeds, { runs: 3, peaks, wall });
    expect(report.steps.map(({ node, variant }) => `${node} ${variant}`)).toHaveLength(plan?.steps.length ?? NaN);
    expect(report.steps.map(({ op, variant, workgroups }) => ({ op, variant, workgroups }))).toEqual(
      plan?.steps.map(({ op, variant, workgroups }) => ({ op, variant, workgroups })),
    );
    expect(wall ? 'wall' : report.timing).toBe(report.timing);
    expect(report.runs).toBe(3);
    expect(report.timeline.map((run) => run.length)).toEqual([1, 2, 3].map(() => report.steps.length));
    for (const step of report.steps) {
      expect(step.ms).toBeGreaterThanOrEqual(0);
      expect(step.minMs).toBeLessThanOrEqual(step.ms);
      expect(step.maxMs).toBeGreaterThanOrEqual(step.ms);
      expect(step.bytes).toBeGreaterThan(0);
      expect(step.percentOfRoofline).toBeGreaterThanOrEqual(0);
    }
    expect(report.prepare).toHaveLength(plan?.prepare.length ?? NaN);
    expect(report.totals.stepsMs).toBeGreaterThan(0);
    expect(report.totals.passMs).toBeGreaterThan(0);
    expect(report.totals.runMs).toBeGreaterThan(0);
    expect(report.totals.multiplyAdds).toBeGreaterThan(1e6);
    const trace = JSON.parse(JSON.stringify(chromeTrace(report))) as { traceEvents: { ph: string; dur?: number }[] };
    const complete = trace.traceEvents.filter(({ ph }) => ph === 'X');
    expect(complete).toHaveLength(4 * report.steps.length - report.totals.dropped);
    expect(complete.every(({ dur }) => typeof dur === 'number' && dur >= 0)).toBe(true);
  });

  it('leaves results as they are, also of runs at the same time', async () => {
    using session = await Session.create(graph, { gpu });
    const before = await session.run(feeds);
    const profiling = session.profile(feeds, { runs: 2, peaks });
    const during = await session.run(feeds);
    await profiling;
    expect(during).toEqual(before);
    expect(await session.run(feeds)).toEqual(before);
  });

  it('measures the peaks of an adapter once, and remembers them', async () => {
    const entries = new Map<string, string>();
    const writes: string[] = [];
    const tuningCache: TuningCache = {
      get: (key) => Promise.resolve(entries.get(key)),
      set: (key, value) => {
        writes.push(value);
        entries.set(key, value);
        return Promise.resolve();
      },
    };
    const reports = [];
    for (let i = 0; i < 2; i++) {
      using session = await Session.create(graph, { gpu, tuningCache });
      reports.push(await session.profile(feeds, { runs: 1 }));
    }
    expect(writes).toHaveLength(1);
    expect(isPeaks(reports[0]?.peaks)).toBe(true);
    expect(reports[1]?.peaks).toEqual(reports[0]?.peaks);
  });

  it('stops when it is told to', async () => {
    using session = await Session.create(graph, { gpu });
    const reason = new Error('enough');
    await expect(session.profile(feeds, { peaks, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(Object.keys(await session.run(feeds))).toEqual(['logits']);
  });

  it('refuses the CPU, and feeds that do not fit', async () => {
    using cpu = await Session.create(graph, { backend: 'cpu' });
    await expect(cpu.profile(feeds)).rejects.toThrow(InputError);
    using session = await Session.create(graph, { gpu });
    await expect(session.profile({}, { peaks })).rejects.toThrow(/input/);
  });
});
