/** One row of the model benchmark: one network at one batch size, cold start to steady state, against the reference. */
import { analyse } from '../../src/analysis/summary.ts';
import { failureOf } from '../../src/cli/output.ts';
import { seededFeeds } from '../../src/cli/seeded-feeds.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { openGpu } from '../../src/node/adapter.ts';
import { loadInference } from '../lib/load-inference.ts';
import { inferShapes } from '../../src/passes/infer-shapes.ts';
import { Session } from '../../src/session/session.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import { summarise, type Summary } from '../lib/statistics.ts';
import { NETWORKS, type NetworkName } from './networks.ts';

/** What to measure. */
export interface Task {
  readonly model: NetworkName;
  readonly batch: number;
  /** Timed runs; fewer when they take longer than `seconds` together, but three at least. */
  readonly runs: number;
  readonly seconds: number;
  readonly cpu: boolean;
  readonly adapter: string | undefined;
}

/**
 * Results of the reference by network: every batch of a network begins with the same images, so one small batch checks
 * the larger ones.
 */
export type References = Map<NetworkName, Reference>;

/** What the reference made of the first images. */
interface Reference {
  readonly results: Results;
  readonly images: number;
}

/** Time from the model's bytes in memory to its first result, in milliseconds. */
export interface ColdStart {
  readonly totalMs: number;
  /** The stages of the session's report by name, then `firstRun`. */
  readonly stages: Readonly<Record<string, number>>;
  /** Size of the ONNX file that was loaded. */
  readonly modelBytes: number;
}

/** What a plan dispatches and holds. Bytes as the engine holds them. */
export interface PlanFacts {
  readonly dispatches: number;
  readonly pipelines: number;
  readonly weightBytes: number;
  readonly activationBytes: number;
  /** The largest sum of simultaneously live tensors. */
  readonly lowerBoundBytes: number;
}

/** The CPU reference on the same input. */
export interface CpuFacts {
  readonly runMs: Summary;
  /** Median of the CPU over median of the GPU. */
  readonly ratio: number;
}

/** The GPU's results against the reference's. */
export interface Check {
  /** Largest |GPU − CPU| over the largest |CPU|, over all outputs of the first and the last run. */
  readonly difference: number;
  /** Whether `difference` is within AGREEMENT. */
  readonly agrees: boolean;
  /** Images compared, the first ones of the batch. */
  readonly images: number;
}

/** A measured row. */
export interface Measured {
  readonly model: NetworkName;
  readonly batch: number;
  readonly inputShape: readonly number[];
  readonly parameters: number;
  /** Of one run: all images of the batch. */
  readonly multiplyAdds: number;
  readonly cold: ColdStart;
  readonly plan: PlanFacts;
  /** Milliseconds from `run()` to the result on the host. */
  readonly runMs: Summary;
  /** Arithmetic at the median, two operations a multiply-add. */
  readonly gflops: number;
  /** Undefined where the reference did not run. */
  readonly cpu: CpuFacts | undefined;
  /** Undefined where no reference ran, not for a smaller batch either. */
  readonly check: Check | undefined;
}

/** A row that could not be measured. */
export interface Failed {
  readonly model: NetworkName;
  readonly batch: number;
  readonly error: { readonly code: string; readonly message: string };
}

/** A row of the results. */
export type Row = Measured | Failed;

/**
 * Largest difference between GPU and reference, relative to the largest logit, that rounding explains: float32 sums of
 * some thousand terms in another order, through fifty layers and more. A time counts only within it.
 */
export const AGREEMENT = 1e-3;

/** Runs enough for a median, however slow they are. */
const FEWEST_RUNS = 3;
const CPU_RUNS = 3;
/** The reference is not repeated once it took this long. */
const CPU_MS = 2000;

/** Measures one row; whatever fails becomes the row. What the reference gives is kept in `references`. */
export async function measure(task: Task, references: References): Promise<Row> {
  try {
    return await measured(task, references);
  } catch (error) {
    const { code, message } = failureOf(error).error;
    return { model: task.model, batch: task.batch, error: { code, message } };
  }
}

async function measured(task: Task, references: References): Promise<Measured> {
  const { model, batch } = task;
  const graph = NETWORKS[model].build({ batch });
  await loadInference(graph);
  const summary = analyse(inferShapes(graph));
  const feeds = seededFeeds(graph.inputs, {}, 1);
  const { session, cold, first } = await coldStart(toOnnx(graph), feeds, task.adapter);
  try {
    const plan = await planFacts(session);
    await session.run(feeds); // the first run after the cold one still fills caches
    const { gpu, last, cpu } = await steady(session, graph, feeds, task);
    const runMs = summarise(gpu);
    if (cpu) references.set(model, { results: cpu.results, images: batch });
    return {
      model,
      batch,
      inputShape: graph.inputs.flatMap(({ shape }) => shape.map(Number)),
      parameters: summary.parameters,
      multiplyAdds: summary.multiplyAdds,
      cold,
      plan,
      runMs,
      gflops: (2 * summary.multiplyAdds) / runMs.median / 1e6,
      cpu: cpu && cpuFacts(cpu, runMs),
      check: checked([first, last], references.get(model), batch),
    };
  } finally {
    session.dispose();
  }
}

type Feeds = Readonly<Record<string, Tensor>>;
type Results = Readonly<Record<string, Tensor>>;

/** A session that has run once. */
export interface Started {
  readonly session: Session;
  readonly cold: ColdStart;
  readonly first: Results;
}

/** Loads a network from the bytes of an ONNX file on a device of its own. The adapter was found before. */
export async function coldStart(bytes: Uint8Array, feeds: Feeds, wanted: string | undefined): Promise<Started> {
  const { adapter } = await openGpu({ adapter: wanted });
  const start = performance.now();
  const session = await Session.create(bytes, { gpu: adapter });
  const loaded = performance.now();
  try {
    const first = await session.run(feeds);
    const end = performance.now();
    const stages = { ...stagesOf(session.report), firstRun: end - loaded };
    return { session, first, cold: { totalMs: end - start, stages, modelBytes: bytes.byteLength } };
  } catch (error) {
    session.dispose();
    throw error;
  }
}

/** The stages a report lists: its times, but for their sum. */
export function stagesOf(report: object): Record<string, number> {
  const times = Object.entries(report).flatMap(([key, value]) =>
    typeof value === 'number' && key.endsWith('Ms') && key !== 'totalMs' ? [[key.slice(0, -2), value] as const] : [],
  );
  return Object.fromEntries(times);
}

/** What a session's plan dispatches and holds. */
export async function planFacts(session: Session): Promise<PlanFacts> {
  const plan = await session.plan();
  if (!plan) throw new TypeError('a session on the GPU has a plan');
  const { steps, pipelines, memory } = plan;
  return {
    dispatches: steps.length,
    pipelines: pipelines.length,
    weightBytes: memory.weights,
    activationBytes: memory.activations,
    lowerBoundBytes: memory.lowerBound,
  };
}

interface CpuRun {
  readonly times: readonly number[];
  readonly results: Results;
}

/** Timed runs: half of the GPU's, the reference's, the other half, so that both see the same state of the machine. */
async function steady(
  session: Session,
  graph: Graph,
  feeds: Feeds,
  { runs, seconds, cpu }: Task,
): Promise<{ gpu: readonly number[]; last: Results; cpu: CpuRun | undefined }> {
  const run = (): Promise<Results> => session.run(feeds);
  const before = await timed(run, { runs: Math.ceil(runs / 2), ms: (seconds * 1000) / 2, least: FEWEST_RUNS - 1 });
  const reference = cpu ? await cpuRun(graph, feeds) : undefined;
  const after = await timed(run, { runs: Math.floor(runs / 2), ms: (seconds * 1000) / 2, least: 1 });
  const last = after.last ?? before.last ?? {};
  return { gpu: [...before.times, ...after.times], last, cpu: reference };
}

async function cpuRun(graph: Graph, feeds: Feeds): Promise<CpuRun> {
  const session = await Session.create(graph, { backend: 'cpu' });
  const { times, last } = await timed(() => session.run(feeds), { runs: CPU_RUNS, ms: CPU_MS, least: 1 });
  return { times, results: last ?? {} };
}

interface Limits {
  readonly runs: number;
  /** No further run begins after this many milliseconds. */
  readonly ms: number;
  /** Runs that count for more than `ms`, but not for more than `runs`. */
  readonly least: number;
}

/** Runs again and again; gives the time of each run and the last result. */
async function timed<T>(run: () => Promise<T>, { runs, ms, least }: Limits): Promise<{ times: number[]; last?: T }> {
  const times: number[] = [];
  const begin = performance.now();
  let last: { value: T } | undefined;
  for (let i = 0; i < runs && (i < least || performance.now() - begin < ms); i++) {
    const start = performance.now();
    last = { value: await run() };
    times.push(performance.now() - start);
  }
  return { times, ...(last ? { last: last.value } : {}) };
}

function cpuFacts({ times }: CpuRun, gpu: Summary): CpuFacts {
  const runMs = summarise(times);
  return { runMs, ratio: runMs.median / gpu.median };
}

/** Compares the images that both have. Undefined without a reference of as many images or fewer. */
function checked(actual: readonly Results[], reference: Reference | undefined, batch: number): Check | undefined {
  if (!reference || reference.images > batch) return undefined;
  const { results, images } = reference;
  const same = actual.map((each) => firstImages(each, images, batch));
  const difference = Math.max(...same.map((each) => largestDifference(each, results)));
  return { difference, agrees: difference <= AGREEMENT, images };
}

/** What of every tensor belongs to the first `images` of a batch. */
function firstImages(results: Results, images: number, batch: number): Results {
  const cut = (t: Tensor): Tensor => ({ ...t, data: t.data.slice(0, (t.data.length * images) / batch) });
  return Object.fromEntries(Object.entries(results).map(([name, t]) => [name, cut(t)]));
}

/** Largest |actual − expected| over the largest |expected|, over all tensors; NaN where anything is, or is missing. */
export function largestDifference(actual: Results, expected: Results): number {
  let [peak, largest] = [0, 0];
  for (const [name, { data }] of Object.entries(expected)) {
    const found = actual[name]?.data;
    if (found?.length !== data.length) return NaN;
    for (let i = 0; i < data.length; i++) {
      const [a, e] = [found[i] ?? NaN, data[i] ?? NaN];
      if (!Number.isFinite(a) || !Number.isFinite(e)) return NaN;
      peak = Math.max(peak, Math.abs(e));
      largest = Math.max(largest, Math.abs(a - e));
    }
  }
  return peak === 0 ? largest : largest / peak;
}
