/** The tuner on a real device: what it measures, what it remembers, what it never does. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/core/limits.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { RELU } from '../../src/ir/ops.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { compile } from '../../src/passes/pipeline.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { tunables, type Tunable, type TunableCandidate } from '../../src/plan/tunables.ts';
import { GpuClock } from '../../src/measure/clock.ts';
import { profileOf, requestDevice } from '../../src/runtime/webgpu/device.ts';
import { runTrials } from '../../src/measure/trials.ts';
import { judge, tune, WINNING_SHARE, type TunedNode } from '../../src/measure/tuner.ts';
import type { TuningCache } from '../../src/measure/tuning-key.ts';
import { TuningStore } from '../../src/measure/tuning-store.ts';
import { Session } from '../../src/session/session.ts';
import { at } from '../../src/util/arrays.ts';
import { expectClose } from '../helpers/close.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import '../helpers/every-operator.ts';

let device: GPUDevice;
let graph: Graph;
beforeAll(async () => {
  device = await requestDevice((await openGpu()).adapter);
  graph = compile(network(), { inputShapes: {}, level: 'full' });
});
afterAll(() => device.destroy());

const random = randomSource(9);
const feeds = { x: randomTensor('float32', [1, 12, 12, 8], random) };

/** 1×1, a depthwise 3×3 twice of one signature, and 1×1 with a residual. */
function network(): Graph {
  const source = randomSource(5);
  const b = new GraphBuilder('convolutions');
  const conv = (x: string, shape: number[], group: number, residual?: string): string => {
    const [kH = 1, kW = 1, , out = 1] = shape;
    const w = b.initializer(`w${shape.join()}${x}`, randomTensor('float32', shape, source));
    const bias = b.initializer(`b${shape.join()}${x}`, randomTensor('float32', [out], source));
    const pads = [(kH - 1) / 2, (kW - 1) / 2, (kH - 1) / 2, (kW - 1) / 2];
    const attributes = { strides: [1, 1], dilations: [1, 1], pads, padMode: 'explicit', group } as const;
    return b.one('Conv', [x, w, bias, ...(residual ? [residual] : [])], { ...attributes, activation: RELU });
  };
  const x = b.input('x', 'float32', [1, 12, 12, 8]);
  const y = conv(x, [1, 1, 8, 16], 1);
  const z = conv(conv(y, [3, 3, 1, 16], 16), [3, 3, 1, 16], 16);
  b.output(conv(z, [1, 1, 16, 16], 1, y));
  return b.build();
}

function memory(): TuningCache & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    get: (key) => Promise.resolve(entries.get(key)),
    set: (key, value) => {
      entries.set(key, value);
      return Promise.resolve();
    },
  };
}

function found(op = 'Conv'): Tunable[] {
  return tunables(graph, profileOf(device)).filter((t) => t.op === op);
}

function first(): Tunable {
  const [tunable] = found();
  if (!tunable) throw new Error('nothing to tune');
  return tunable;
}

/** The first candidate of a node under another name, and not quite as it was. */
const altered = (tunable: Tunable, variant: string, change: (plan: Plan) => Partial<Plan>): TunableCandidate => ({
  variant,
  plan: () => {
    const plan = tunable.candidates[0]?.plan();
    if (!plan) throw new Error('no plan');
    return { ...plan, ...change(plan) };
  },
});

const trial = (variant: string, ms: number | undefined) => ({
  variant,
  dispatches: 1,
  ms,
  medianMs: ms,
  problem: ms === undefined ? 'broken' : undefined,
});

const options = (cache: TuningCache) => ({ gpu: device, tuningCache: cache, tuneBudgetMs: 1e9 });
const variants = async (session: Session) => (await session.plan())?.steps.map(({ variant }) => variant);
const wgsl = async (s: Session) => (await s.plan())?.pipelines.map((p) => p.wgsl);

describe('what can be tuned', () => {
  it('is every signature with a choice, once, with plans that stand alone', () => {
    const all = found();
    expect(all.map(({ nodes }) => nodes).reduce((a, b) => a + b, 0)).toBe(4);
    expect(new Set(all.map(({ signature }) => signature)).size).toBe(all.length);
    expect(all.some(({ nodes }) => nodes === 2)).toBe(true);
    for (const { candidates } of all) {
      expect(candidates.length).toBeGreaterThan(1);
      for (const candidate of candidates) {
        const plan = candidate.plan();
        expect(plan.inputs).toEqual([]);
        expect(plan.steps.length).toBeGreaterThan(0);
        expect(plan.steps.every(({ variant }) => variant === candidate.variant)).toBe(true);
      }
    }
  });

  it('depends on the device: none without a choice', () => {
    const profile = { limits: DEFAULT_LIMITS, adapterClass: 'software', features: [] } as const;
    const all = tunables(graph, profile, { fewest: 1 });
    expect(tunables(graph, profile, { fewest: 99 })).toEqual([]);
    expect(all.length).toBeGreaterThanOrEqual(tunables(graph, profile).length);
  });

  it('takes further candidates for benches', () => {
    const all = tunables(graph, profileOf(device), { extra: () => [{ variant: 'extra', calls: [] }] });
    expect(all.filter(({ op }) => op === 'Conv').every((t) => t.candidates.at(-1)?.variant === 'extra')).toBe(true);
  });
});

/** Stored float32 elements, each one per cent larger. */
function scaled(data: Uint8Array): Uint8Array {
  const floats = new Float32Array(data.slice().buffer).map((v) => v * 1.01);
  return new Uint8Array(floats.buffer);
}

describe('trials', () => {
  it('time every candidate, and drop those that answer differently or are refused', async () => {
    const tunable = first();
    const wrong = altered(tunable, 'wrong', ({ weights }) => ({
      weights: weights.map((w) => ({
        ...w,
        data: scaled(w.data),
      })),
    }));
    const refused = altered(tunable, 'refused', ({ pipelines }) => ({
      pipelines: pipelines.map((p) => ({ ...p, wgsl: `${p.wgsl}\nthis is no WGSL` })),
    }));
    const clock = new GpuClock(device);
    const trials = await runTrials(device, clock, { ...tunable, candidates: [...tunable.candidates, wrong, refused] });
    clock.destroy();
    expect(trials.map(({ variant }) => variant)).toEqual([
      ...tunable.candidates.map((c) => c.variant),
      'wrong',
      'refused',
    ]);
    for (const { problem, ms, dispatches } of trials.slice(0, -2)) {
      expect(problem).toBeUndefined();
      expect(ms).toBeGreaterThan(0);
      expect(dispatches).toBeGreaterThan(0);
    }
    expect(trials.at(-2)).toMatchObject({
      ms: undefined,
      problem: expect.stringMatching(/answers differently.*elements differ/),
    });
    expect(trials.at(-1)).toMatchObject({ ms: undefined, problem: expect.stringMatching(/refused/) });
    const judged = judge(tunable, trials);
    expect(['wrong', 'refused']).not.toContain(judged.winner?.variant);
  });

  it('keep the first candidate unless another is clearly faster', () => {
    const winner = (...trials: ReturnType<typeof trial>[]): string | undefined =>
      judge(first(), trials).winner?.variant;
    expect(winner(trial('a', 1), trial('b', WINNING_SHARE + 0.01))).toBe('a');
    expect(winner(trial('a', 1), trial('b', WINNING_SHARE - 0.01))).toBe('b');
    expect(winner(trial('a', 1), trial('b', 0.9), trial('c', 0.5))).toBe('c');
    expect(winner(trial('a', undefined), trial('b', 2), trial('c', 1.99))).toBe('b');
    expect(winner(trial('a', undefined))).toBeUndefined();
    expect(judge(first(), [trial('a', 1), trial('b', 0.5)]).gain).toBe(2);
  });
});

describe('tune', () => {
  it('measures what is not known, the most work first, and tells of each node', async () => {
    const inOrder = found();
    // Of the two that are not known the second has more work.
    const all = [1, 0, 2].map((i) => at(inOrder, i));
    expect(all).toHaveLength(inOrder.length);
    const [known] = all;
    const progress: number[][] = [];
    const told: TunedNode[] = [];
    const result = await tune(device, all, {
      budgetMs: Infinity,
      known: new Map([[known?.signature ?? '', 'direct']]),
      onProgress: (done, total) => progress.push([done, total]),
      onResult: (node) => told.push(node),
    });
    expect(result.known).toBe(1);
    expect(result.left).toBe(0);
    expect(result.nodes.map(({ tunable }) => tunable.signature)).toEqual(
      all.slice(1).map(({ signature }) => signature),
    );
    expect(told.map(({ tunable }) => tunable.signature).sort()).toEqual(
      all
        .slice(1)
        .map((t) => t.signature)
        .sort(),
    );
    const work = told.map(({ tunable: { nodes, multiplyAdds, bytes } }) => nodes * Math.max(multiplyAdds, bytes));
    expect(work).toEqual([...work].sort((a, b) => b - a));
    expect(progress).toEqual(Array.from({ length: all.length }, (_, i) => [i, all.length - 1]));
    for (const { winner, trials } of result.nodes) expect(trials).toContain(winner);
  });

  it('ends with its budget, and measures nothing without one', async () => {
    const all = found();
    const result = await tune(device, all, { budgetMs: 0 });
    expect([result.nodes, result.left]).toEqual([[], all.length]);
  });

  it('rejects with the reason of who aborts it', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const told: TunedNode[] = [];
    const tuning = tune(device, found(), {
      signal: controller.signal,
      onResult: (node) => {
        told.push(node);
        controller.abort(reason);
      },
    });
    await expect(tuning).rejects.toBe(reason);
    expect(told).toHaveLength(1);
  });
});

describe('a session', () => {
  it('measures with tune full, remembers, and then takes what it remembers without measuring', async () => {
    const cache = memory();
    const stages: string[] = [];
    const onProgress = ({ stage }: { stage: string }): number => stages.push(stage);
    using full = await Session.create(graph, { ...options(cache), tune: 'full', onProgress });
    const expected = found().length;
    expect(full.report.tuning).toMatchObject({ mode: 'full', remembered: 0, left: 0 });
    expect(full.report.tuning?.measured).toBeGreaterThanOrEqual(expected);
    expect(stages).toContain('tune');
    expect(cache.entries.size).toBe(1);
    const clock = vi.spyOn(GpuClock.prototype, 'time');
    using again = await Session.create(graph, { ...options(cache), tune: 'full' });
    using cached = await Session.create(graph, options(cache));
    expect(clock).not.toHaveBeenCalled();
    clock.mockRestore();
    expect(again.report.tuning).toMatchObject({ measured: 0, left: 0 });
    expect(cached.report.tuning).toMatchObject({ mode: 'cached', measured: 0 });
    expect(await variants(cached)).toEqual(await variants(full));
    const [a, b] = await Promise.all([full.run(feeds), cached.run(feeds)]);
    expect(b).toEqual(a);
  });

  it('takes the winners into its plan, and answers as before', async () => {
    const cache = memory();
    using plain = await Session.create(graph, { ...options(cache), tune: 'off' });
    expect(plain.report.tuning).toBeUndefined();
    expect(cache.entries.size).toBe(0);
    // Whatever the measurements say: the last candidate of every node, which always is another than the first.
    const store = await TuningStore.open(device, cache);
    for (const tunable of found()) store.remember(tunable, tunable.candidates.at(-1)?.variant ?? '');
    await store.save();
    using tuned = await Session.create(graph, options(cache));
    const last = new Set(found().map(({ candidates }) => candidates.at(-1)?.variant));
    const convolutions = (await tuned.plan())?.steps.filter(({ op }) => op === 'Conv') ?? [];
    expect(convolutions.length).toBeGreaterThanOrEqual(4);
    expect(convolutions.every(({ variant }) => last.has(variant))).toBe(true);
    const [output] = plain.outputs;
    const [before, after] = [await plain.run(feeds), await tuned.run(feeds)].map((r) => r[output?.name ?? '']);
    if (!before || !after) throw new Error('no output');
    expectClose(after, before, { rtol: 1e-4, atol: 1e-4 }, 'tuned'); // sums of few products of numbers below 1, in another order
  });

  it('passes over winners that do not apply, and never measures by default', async () => {
    const cache = memory();
    const store = await TuningStore.open(device, cache);
    for (const tunable of found()) store.remember(tunable, 'no such variant');
    await store.save();
    const clock = vi.spyOn(GpuClock.prototype, 'time');
    using plain = await Session.create(graph, { ...options(memory()), tune: 'off' });
    using session = await Session.create(graph, options(cache));
    using empty = await Session.create(graph, options(memory()));
    expect(clock).not.toHaveBeenCalled();
    clock.mockRestore();
    expect(await wgsl(session)).toEqual(await wgsl(plain));
    expect(await wgsl(empty)).toEqual(await wgsl(plain));
  });

  it('says what is wrong with its cache, and goes on', async () => {
    const corrupt: TuningCache = { get: () => Promise.resolve('{{{'), set: () => Promise.resolve() };
    using session = await Session.create(graph, options(corrupt));
    expect(session.report.tuning?.note).toMatch(/corrupt/);
    expect(Object.keys(await session.run(feeds))).toHaveLength(1);
  });

  it('is bounded in time, and ends when it is told to', async () => {
    const cache = memory();
    using none = await Session.create(graph, { ...options(cache), tune: 'full', tuneBudgetMs: 0 });
    expect(none.report.tuning).toMatchObject({ measured: 0 });
    expect(none.report.tuning?.left).toBeGreaterThan(0);
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = ({ stage, loaded }: { stage: string; loaded?: number }): void => {
      if (stage === 'tune' && loaded === 1) controller.abort(reason);
    };
    const signal = controller.signal;
    await expect(Session.create(graph, { ...options(cache), tune: 'full', onProgress, signal })).rejects.toBe(reason);
    // What was measured until then is remembered.
    using later = await Session.create(graph, options(cache));
    expect(later.report.tuning?.remembered).toBe(1);
  });
});
