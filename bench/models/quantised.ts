/** Networks on integers beside their float twins: both from ONNX files, on devices of their own, run in turn. */
import { Noise } from '../../src/compress/quantise/noise.ts';
import { failureOf } from '../../src/cli/output.ts';
import { seededFeeds } from '../../src/cli/seeded-feeds.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import { Session } from '../../src/session/session.ts';
import { quantisedOnnx } from '../lib/quantised.ts';
import { summarise, type Summary } from '../lib/statistics.ts';
import { coldStart, planFacts, type ColdStart, type PlanFacts } from './measure.ts';
import { NETWORKS, type NetworkName } from './networks.ts';

/** What to measure, as of `Task`; every run of the one is followed by one of the other. */
export interface QuantisedTask {
  readonly model: NetworkName;
  readonly batch: number;
  readonly runs: number;
  readonly seconds: number;
  readonly adapter: string | undefined;
}

/** One of the two. */
export interface Twin {
  readonly cold: ColdStart;
  readonly plan: PlanFacts;
  /** Milliseconds from `run()` to the result on the host. */
  readonly runMs: Summary;
}

/** A measured row. */
export interface QuantisedMeasured {
  readonly model: NetworkName;
  readonly batch: number;
  readonly int8: Twin;
  readonly float: Twin;
  /** Medians, int8 over float: below 1, integers are faster. */
  readonly timeRatio: number;
  /** Bytes of weights and activations together, int8 over float. */
  readonly byteRatio: number;
  /** Of the results, in decibels, null where they are equal: against the float twin, and the CPU reference of the same file. */
  readonly signalToNoise: { readonly float: number | null; readonly cpu: number | null };
}

/** A row that could not be measured. */
export interface QuantisedFailed {
  readonly model: NetworkName;
  readonly batch: number;
  readonly error: { readonly code: string; readonly message: string };
}

/** A row of the results. */
export type QuantisedRow = QuantisedMeasured | QuantisedFailed;

/**
 * The GPU computes in integers what the CPU reference computes in real numbers between the same roundings, so that now and
 * then one of the two rounds to the neighbour: no more than what 8 bits cost, which leaves 14 to 30 dB through fifty layers.
 */
export const LEAST_SIGNAL_TO_NOISE = 14;

/** Runs enough for a median, however slow they are. */
const FEWEST_RUNS = 3;

/** Measures one row; whatever fails becomes the row. */
export async function measureQuantised(task: QuantisedTask): Promise<QuantisedRow> {
  try {
    return await measured(task);
  } catch (error) {
    const { code, message } = failureOf(error).error;
    return { model: task.model, batch: task.batch, error: { code, message } };
  }
}

async function measured(task: QuantisedTask): Promise<QuantisedMeasured> {
  const { model, batch, adapter } = task;
  const graph = NETWORKS[model].build({ batch });
  const feeds = seededFeeds(graph.inputs, {}, 1);
  const bytes = await quantisedOnnx(graph, feeds, adapter);
  const float = await coldStart(toOnnx(graph), feeds, adapter);
  const int8 = await coldStart(bytes, feeds, adapter).catch((error: unknown) => {
    float.session.dispose();
    throw error;
  });
  try {
    const times = await inTurn([() => int8.session.run(feeds), () => float.session.run(feeds)], task);
    const [fast, plain] = await Promise.all([planFacts(int8.session), planFacts(float.session)]);
    const [int8Ms = summarise([]), floatMs = summarise([])] = times.map(summarise);
    return {
      model,
      batch,
      int8: { cold: int8.cold, plan: fast, runMs: int8Ms },
      float: { cold: float.cold, plan: plain, runMs: floatMs },
      timeRatio: int8Ms.median / floatMs.median,
      byteRatio: bytesOf(fast) / bytesOf(plain),
      signalToNoise: {
        float: signalToNoise(int8.first, float.first),
        cpu: signalToNoise(int8.first, await onCpu(bytes, feeds)),
      },
    };
  } finally {
    int8.session.dispose();
    float.session.dispose();
  }
}

const bytesOf = ({ weightBytes, activationBytes }: PlanFacts): number => weightBytes + activationBytes;

type Results = Readonly<Record<string, Tensor>>;

async function onCpu(model: Uint8Array, feeds: Readonly<Record<string, Tensor>>): Promise<Results> {
  const session = await Session.create(model, { backend: 'cpu' });
  return session.run(feeds);
}

/** Runs one after the other, round after round, once to warm up; gives the times of each. */
async function inTurn(
  runs: readonly (() => Promise<unknown>)[],
  { runs: most, seconds }: QuantisedTask,
): Promise<readonly (readonly number[])[]> {
  const times: number[][] = runs.map(() => []);
  for (const run of runs) await run();
  const begin = performance.now();
  for (let i = 0; i < most && (i < FEWEST_RUNS || performance.now() - begin < seconds * 1000); i++) {
    for (const [k, run] of runs.entries()) {
      const start = performance.now();
      await run();
      times[k]?.push(performance.now() - start);
    }
  }
  return times;
}

/** Of all outputs together. */
function signalToNoise(actual: Results, expected: Results): number | null {
  const noise = new Noise();
  for (const [name, { data }] of Object.entries(expected)) noise.add(data, actual[name]?.data ?? new Float32Array());
  return noise.decibels;
}

/** True for a row that was measured. */
export function isQuantisedMeasured(row: QuantisedRow): row is QuantisedMeasured {
  return !('error' in row);
}
