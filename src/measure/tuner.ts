/** The tuner: times the ways to run each node of a graph on this device, and says which to take. */
import type { TunedVariants } from '../plan/lower.ts';
import type { Tunable } from '../plan/tunables.ts';
import { GpuClock } from './clock.ts';
import { runTrials, type Trial } from './trials.ts';

/** Options of `tune`. */
export interface TuneOptions {
  /** What is known already: nodes of these signatures are not measured. */
  readonly known?: TunedVariants;
  /** No further node is measured after this many milliseconds; 20 000 by default. */
  readonly budgetMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told before each node: how many are measured, and how many there are to measure. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Told of each node when it is measured, so that nothing is lost when a later one is interrupted. */
  readonly onResult?: ((result: TunedNode) => void) | undefined;
}

/** What was found for the nodes of one signature. */
export interface TunedNode {
  readonly tunable: Tunable;
  /** In the order of preference. */
  readonly trials: readonly Trial[];
  /** What is taken without tuning: the first candidate that works. Undefined when none does. */
  readonly chosen: Trial | undefined;
  /** What to take. */
  readonly winner: Trial | undefined;
  /** Time of the chosen candidate over that of the winner. */
  readonly gain: number;
}

/** What a call of `tune` found. */
export interface TuneResult {
  /** In the order of the graph. */
  readonly nodes: readonly TunedNode[];
  /** Signatures known before, and those the budget did not reach. */
  readonly known: number;
  readonly left: number;
  readonly ms: number;
}

/** Milliseconds a session may spend on tuning unless told otherwise. */
export const TUNE_BUDGET_MS = 20_000;

/** A candidate replaces the first one when it takes at most this share of its time: less of a gain may be noise. */
export const WINNING_SHARE = 0.95;

/**
 * Measures what is not known, the nodes with most work first. A candidate that errs, or whose answer differs from the
 * first one's beyond rounding, is never a winner. Rejects with DeviceError DEVICE_LOST and with the signal's reason.
 */
export async function tune(
  device: GPUDevice,
  tunables: readonly Tunable[],
  options: TuneOptions = {},
): Promise<TuneResult> {
  const { known, budgetMs = TUNE_BUDGET_MS, signal, onProgress, onResult } = options;
  const start = performance.now();
  const unknown = tunables.filter(({ signature }) => !known?.has(signature));
  const order = [...unknown].sort((a, b) => workOf(b) - workOf(a));
  const found = new Map<Tunable, TunedNode>();
  const clock = new GpuClock(device);
  const form = new Form();
  // Ends the trials of a node half-way, too: compiling its candidates may take seconds.
  const over = AbortSignal.timeout(Math.min(budgetMs, 2 ** 31 - 1));
  const stop = AbortSignal.any(signal ? [signal, over] : [over]);
  try {
    for (const tunable of order) {
      signal?.throwIfAborted();
      if (over.aborted || performance.now() - start >= budgetMs) break;
      onProgress?.(found.size, order.length);
      const result = judge(tunable, await runTrials(device, clock, form.worthTrying(tunable), { signal: stop }));
      form.learn(result);
      found.set(tunable, result);
      onResult?.(result);
    }
  } catch (error) {
    // The budget is no error; what the caller aborts is.
    if (signal?.aborted || !over.aborted || error !== over.reason) throw error;
  } finally {
    clock.destroy();
  }
  if (order.length > 0) onProgress?.(found.size, order.length);
  return {
    nodes: unknown.flatMap((tunable) => found.get(tunable) ?? []),
    known: tunables.length - unknown.length,
    left: order.length - found.size,
    ms: performance.now() - start,
  };
}

/** A candidate so many times as slow as the best is far behind. */
const FAR_BEHIND = 3;
/** After being far behind on so many kinds of node, and never in sight of the best, a variant is not tried further. */
const CHANCES = 3;
const IN_SIGHT = 1.5;
/** The built-in table's first candidates are always tried. */
const SEEDED = 3;

/** How the variants of each operator did on this device so far: what never comes near need not be compiled again and again. */
class Form {
  /** Times a variant was far behind; a variant that once was in sight stays at −∞. */
  readonly #behind = new Map<string, number>();

  worthTrying(tunable: Tunable): Tunable {
    const candidates = tunable.candidates.filter(
      ({ variant }, i) => i < SEEDED || (this.#behind.get(`${tunable.op}/${variant}`) ?? 0) < CHANCES,
    );
    return { ...tunable, candidates };
  }

  learn({ tunable: { op }, trials }: TunedNode): void {
    const best = Math.min(...trials.map(msOf));
    for (const trial of trials) {
      const key = `${op}/${trial.variant}`;
      const behind = msOf(trial) / best;
      if (behind <= IN_SIGHT) this.#behind.set(key, -Infinity);
      else if (behind >= FAR_BEHIND) this.#behind.set(key, (this.#behind.get(key) ?? 0) + 1);
    }
  }
}

/** Picks the winner of the trials of a node. */
export function judge(tunable: Tunable, trials: readonly Trial[]): TunedNode {
  const usable = trials.filter((trial) => trial.ms !== undefined);
  const [chosen] = usable;
  const fastest = usable.reduce((a, b) => (msOf(b) < msOf(a) ? b : a), usable[0]);
  const winner = msOf(fastest) <= WINNING_SHARE * msOf(chosen) ? fastest : chosen;
  return { tunable, trials, chosen, winner, gain: winner ? msOf(chosen) / msOf(winner) : 1 };
}

/** What the nodes of a signature cost together; bytes stand in for operators that only move them. */
function workOf({ nodes, multiplyAdds, bytes }: Tunable): number {
  return nodes * Math.max(multiplyAdds, bytes);
}

function msOf(trial: Trial | undefined): number {
  return trial?.ms ?? Infinity;
}
