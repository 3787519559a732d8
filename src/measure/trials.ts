/** Times every way to run one node against each other on a device, and drops those that err or answer differently. */
import { accumulatedTerms, compareTensors, resultTolerance } from '../core/compare.ts';
import { DeviceError, PlanError, TilewiseError } from '../core/errors.ts';
import { elementCount, type Tensor } from '../core/tensor.ts';
import type { Plan } from '../plan/plan.ts';
import type { Tunable, TunableCandidate } from '../plan/tunables.ts';
import { at } from '../util/arrays.ts';
import type { GpuClock, PassWork } from './clock.ts';
import { readValue } from '../runtime/webgpu/elements.ts';
import { Executor } from '../runtime/webgpu/executor.ts';

/** What came of one candidate. */
export interface Trial {
  readonly variant: string;
  /** Dispatches of one evaluation; 0 when it could not be planned. */
  readonly dispatches: number;
  /** Milliseconds of one evaluation on the GPU, the fastest and the median round; undefined with a `problem`. */
  readonly ms: number | undefined;
  readonly medianMs: number | undefined;
  /** Why it cannot be used: an error, or how its answer differs from the first candidate's. */
  readonly problem: string | undefined;
}

/** Options of `runTrials`. */
export interface TrialOptions {
  readonly signal?: AbortSignal | undefined;
  /** Rounds in which every candidate has a turn; 15 by default, fewer when one takes long. */
  readonly rounds?: number;
}

/** A pass repeats its candidate until it takes about this long, so that neither clock nor start-up shows. */
const PASS_MS = 2;
/** The same where timestamps come in steps of 65 µs. */
const COARSE_PASS_MS = 6;
const MOST_REPEATS = 500;
/**
 * Turns before the rounds: who is after each so many times as slow as the best gets no further ones. A busy machine makes
 * single turns a hundred times as long, so that one or two say little.
 */
const HEATS = [200, 30, 6, 3] as const;
/** All rounds of one candidate take no longer than this, but for the fewest. */
const LONGEST_MS = 300;
const FEWEST_ROUNDS = 3;
/** Candidates that hold more than this together are loaded one after another. */
const MOST_BYTES = 2 ** 29;

/** A candidate and its plan, or why it has none. */
interface Planned {
  readonly variant: string;
  readonly plan: Plan | TilewiseError;
}

/** A candidate on the device. */
interface Contender {
  readonly variant: string;
  readonly executor: Executor;
  /** Milliseconds of one evaluation. */
  readonly times: number[];
  repeats: number;
}

/**
 * Times all candidates of a node in turn, several rounds. Errors of a candidate are its `problem`; rejects with DeviceError
 * DEVICE_LOST and with the signal's reason.
 */
export async function runTrials(
  device: GPUDevice,
  clock: GpuClock,
  tunable: Tunable,
  options: TrialOptions = {},
): Promise<Trial[]> {
  const trials = new Map<string, Trial>();
  let expected: Tensor | undefined;
  for (const group of inGroups(tunable.candidates.map(planOf))) {
    const contenders: Contender[] = [];
    try {
      for (const planned of group) {
        options.signal?.throwIfAborted();
        const { executor, trial, answer } = await load(device, tunable, planned, expected);
        if (executor) contenders.push({ variant: planned.variant, executor, times: [], repeats: 1 });
        expected ??= answer;
        trials.set(planned.variant, trial);
      }
      await race(clock, contenders, options);
      for (const { variant, executor, times } of contenders) {
        trials.set(variant, summarise(variant, executor.plan.steps.length, times));
      }
    } finally {
      for (const { executor } of contenders) executor.dispose();
    }
  }
  return [...trials.values()];
}

function planOf({ variant, plan }: TunableCandidate): Planned {
  try {
    return { variant, plan: plan() };
  } catch (error) {
    if (error instanceof TilewiseError) return { variant, plan: error };
    throw error;
  }
}

/** Together where they fit, since only what runs side by side compares well on a busy machine. */
function inGroups(all: readonly Planned[]): (readonly Planned[])[] {
  const bytes = all.flatMap(({ plan }) => ('buffers' in plan ? plan.buffers.map((buffer) => buffer.bytes) : []));
  const together = bytes.reduce((a, b) => a + b, 0) <= MOST_BYTES;
  return together ? [all] : all.map((planned) => [planned]);
}

interface LoadedCandidate {
  readonly trial: Trial;
  readonly executor?: Executor;
  readonly answer?: Tensor;
}

/** Loads a candidate and runs it once; without an executor when it errs or disagrees with what is expected. */
async function load(
  device: GPUDevice,
  tunable: Tunable,
  { variant, plan }: Planned,
  expected: Tensor | undefined,
): Promise<LoadedCandidate> {
  const failed = (problem: string, dispatches = 0): LoadedCandidate => ({
    trial: { variant, dispatches, ms: undefined, medianMs: undefined, problem },
  });
  if (!('steps' in plan)) return failed(plan.message);
  let executor: Executor | undefined;
  try {
    executor = await Executor.create(device, plan);
    executor.runSteps(0, plan.steps.length);
    const value = plan.values.get(tunable.output);
    if (!value) throw new PlanError(`the output of "${tunable.node}" has no buffer`);
    const answer = await readValue(executor, value);
    const difference = expected && differs(answer, expected, tunable);
    if (difference !== undefined) {
      executor.dispose();
      return failed(`answers differently: ${difference}`, plan.steps.length);
    }
    return { executor, answer, trial: summarise(variant, plan.steps.length, []) };
  } catch (error) {
    executor?.dispose();
    if (!(error instanceof TilewiseError) || error instanceof DeviceError) throw error;
    return failed(error.message);
  }
}

/** How an answer differs from the expected one beyond rounding; undefined when it does not. */
function differs(answer: Tensor, expected: Tensor, { multiplyAdds, inputs, halves }: Tunable): string | undefined {
  const operand = elementCount(inputs[0] ?? []);
  const terms = accumulatedTerms({ multiplyAdds, operand, result: elementCount(expected.shape) });
  const { ok, text } = compareTensors(answer, expected, resultTolerance(expected, terms, halves));
  return ok ? undefined : text;
}

/** Gives every contender its turn in each round; how long single evaluations took goes to their `times`. */
async function race(clock: GpuClock, all: readonly Contender[], { signal, rounds = 15 }: TrialOptions): Promise<void> {
  // A first turn still compiles or fills caches on some drivers.
  await turns(clock, all);
  for (const { times } of all) times.length = 0;
  let running = all;
  for (const limit of HEATS) {
    signal?.throwIfAborted();
    await turns(clock, running);
    const best = Math.min(...running.map(fastest));
    // The first is what a gain is measured against.
    running = running.filter((contender, i) => i === 0 || fastest(contender) <= limit * best);
  }
  const target = clock.resolutionNs > 1 ? COARSE_PASS_MS : PASS_MS;
  let longest = target;
  for (const contender of running) {
    const ms = Math.max(1e-4, fastest(contender));
    contender.repeats = Math.min(MOST_REPEATS, Math.max(1, Math.round(target / ms)));
    contender.times.length = 0;
    longest = Math.max(longest, contender.repeats * ms);
  }
  const count = Math.max(FEWEST_ROUNDS, Math.min(rounds, Math.floor(LONGEST_MS / longest)));
  for (let round = 0; round < count; round++) {
    signal?.throwIfAborted();
    await turns(clock, running);
  }
}

function fastest({ times }: Contender): number {
  return Math.min(...times);
}

async function turns(clock: GpuClock, contenders: readonly Contender[]): Promise<void> {
  const passes = await clock.time(contenders.map(turnOf));
  contenders.forEach(({ times, repeats }, i) => {
    const { ms } = at(passes, i);
    if (ms >= 0) times.push(ms / repeats);
  });
}

function turnOf({ executor, repeats }: Contender): PassWork {
  const count = executor.plan.steps.length;
  return (pass) => {
    for (let i = 0; i < repeats; i++) executor.encodeSteps(pass, 0, count);
  };
}

function summarise(variant: string, dispatches: number, times: readonly number[]): Trial {
  const sorted = [...times].sort((a, b) => a - b);
  const ms = sorted[0];
  const problem = ms === undefined ? 'the device gave no usable time' : undefined;
  return { variant, dispatches, ms, medianMs: sorted[Math.floor(sorted.length / 2)], problem };
}
