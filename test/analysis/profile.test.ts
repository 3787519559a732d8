/** Profiles of a plan from times that are known: sums, rates, dropped times, traces. */
import { describe, expect, it } from 'vitest';
import { profileReport } from '../../src/analysis/profile.ts';
import { chromeTrace } from '../../src/analysis/trace.ts';
import { DEFAULT_LIMITS } from '../../src/core/limits.ts';
import type { AdapterPeaks } from '../../src/measure/adapter-peaks.ts';
import type { PlanTimes } from '../../src/measure/timing.ts';
import { zeros } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import '../helpers/every-operator.ts';

const peaks: AdapterPeaks = {
  gflops: 100,
  gbps: 10,
  dispatchUs: 1,
  roundTripUs: 50,
  timing: 'timestamp',
  arithmetic: [],
  bandwidth: [],
};

/** A pointwise convolution of 8×8 pixels from 4 to 8 channels, then the product of its mean with a matrix. */
function planned() {
  const b = new GraphBuilder('small');
  const x = b.input('x', 'float32', [1, 8, 8, 4]);
  const w = b.initializer('w', zeros('float32', [1, 1, 4, 8]));
  const attributes = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit', group: 1 } as const;
  const y = b.one('Conv', [x, w], { ...attributes, activation: NO_ACTIVATION });
  const mean = b.one('GlobalAveragePool', [y], {});
  b.output(b.one('Reshape', [mean, b.ints('shape', [1, 8])], { allowZero: false }));
  const graph = compile(b.build(), { inputShapes: {}, level: 'full' });
  const device = { limits: DEFAULT_LIMITS, adapterClass: 'software', features: [] } as const;
  return { adapter: 'imagined', graph, plan: planGraph(graph, device) };
}

const profiled = planned();
const count = profiled.plan.steps.length;

/** Run r, step s: r + s + 1 milliseconds, one after another; the first time of the second run is impossible. */
const times: PlanTimes = {
  timing: 'timestamp',
  resolutionNs: 1,
  steps: [0, 1].map((run) =>
    profiled.plan.steps.map((_, step) => ({ start: 10 * step, ms: run === 1 && step === 0 ? NaN : run + step + 1 })),
  ),
  prepare: [],
  passMs: [4, 6],
  runMs: [20, 30],
};

const report = profileReport(profiled, times, peaks);

describe('a profile', () => {
  it('has the steps of the plan, with their means', () => {
    expect(report.steps.map(({ step, variant }) => [step, variant])).toEqual(
      profiled.plan.steps.map(({ variant }, i) => [i, variant]),
    );
    expect(report.steps[0]).toMatchObject({ ms: 1, minMs: 1, maxMs: 1, samples: 1 });
    expect(report.steps[1]).toMatchObject({ ms: 2.5, minMs: 2, maxMs: 3, samples: 2 });
    expect(report.totals.dropped).toBe(1);
    expect(report.runs).toBe(2);
    expect(report.steps.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(100, 9);
  });

  it('knows what the convolution computes and moves', () => {
    const conv = report.nodes.find(({ op }) => op === 'Conv');
    const bytes = 4 * (8 * 8 * 4 + 4 * 8 + 8 * 8 * 8);
    expect(conv).toMatchObject({ multiplyAdds: 8 * 8 * 4 * 8, bytes, outputs: [[1, 8, 8, 8]] });
    expect(conv?.gflops).toBeCloseTo((2 * 8 * 8 * 4 * 8) / (conv?.ms ?? 0) / 1e6, 12);
    expect(conv?.gbps).toBeCloseTo(bytes / (conv?.ms ?? 0) / 1e6, 12);
    expect(conv?.bound).toBe('overhead');
    expect(conv?.percentOfRoofline).toBeCloseTo((100 * 0.001 * (conv?.dispatches ?? 0)) / (conv?.ms ?? 0), 9);
  });

  it('sums its nodes, and sets them beside whole runs', () => {
    const { totals } = report;
    const sum = report.nodes.reduce((total, { ms }) => total + ms, 0);
    expect(totals.stepsMs).toBeCloseTo(sum, 9);
    expect(totals).toMatchObject({ steps: count, passMs: 5, passMinMs: 4, runMs: 25, runMinMs: 20, prepareMs: 0 });
    expect(totals.outsideMs).toBeCloseTo(25 - sum, 9);
    expect(totals.multiplyAdds).toBe(8 * 8 * 4 * 8);
    expect(totals.rooflineMs).toBeCloseTo(
      report.nodes.reduce((total, { rooflineMs }) => total + rooflineMs, 0),
      12,
    );
  });

  it('survives JSON', () => {
    expect(JSON.parse(JSON.stringify({ ...report, timeline: [] }))).toEqual({ ...report, timeline: [] });
  });

  it('is a trace of complete events: the means, then every run without impossible times', () => {
    const { traceEvents } = chromeTrace(report);
    const events = traceEvents.filter(({ ph }) => ph === 'X');
    expect(events.filter(({ tid }) => tid === 0).map(({ dur }) => dur)).toEqual(
      report.steps.map(({ ms }) => ms * 1000),
    );
    expect(events.filter(({ tid }) => tid === 1)).toHaveLength(count);
    expect(events.filter(({ tid }) => tid === 2)).toHaveLength(count - 1);
    expect(events.find(({ tid }) => tid === 2)).toMatchObject({ ts: 10_000, dur: 3000, cat: report.steps[1]?.op });
    expect(events.every(({ ts, dur }) => Number.isFinite(ts) && Number.isFinite(dur))).toBe(true);
    const tracks = traceEvents.filter(({ name }) => name === 'thread_name').map(({ args }) => args?.['name']);
    expect(tracks).toEqual(['mean of the runs', 'run 1', 'run 2']);
  });
});
