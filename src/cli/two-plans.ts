/** Two plans of one network against each other: whether they differ at all, and whether one is clearly faster. */
import type { Tensor } from '../core/tensor.ts';
import type { Plan } from '../plan/plan.ts';
import { Executor } from '../runtime/webgpu/executor.ts';
import { sameArray } from '../util/arrays.ts';
import { median } from './output.ts';

/** What a whole run takes before and after. */
export interface PlanComparison {
  /** `same`: both plans have the same kernels, and nothing was timed. `even`: neither is faster beyond chance. */
  readonly verdict: 'same' | 'even' | 'faster' | 'slower';
  /** Medians in milliseconds; null where nothing was timed. */
  readonly beforeMs: number | null;
  readonly afterMs: number | null;
  /** Time before over time after; null unless one is clearly faster. */
  readonly gain: number | null;
}

/** Runs of each plan. */
export const COMPARED_RUNS = 9;

/** So many of nine pairs point the same way by chance once in 25 comparisons. */
const CLEAR = 8 / 9;

/** Compares two plans of one network on the device. */
export async function comparePlans(
  device: GPUDevice,
  [before, after]: readonly [Plan, Plan],
  feeds: ReadonlyMap<string, Tensor>,
): Promise<PlanComparison> {
  if (sameKernels(before, after)) return { verdict: 'same', beforeMs: null, afterMs: null, gain: null };
  const executors: Executor[] = [];
  try {
    for (const plan of [before, after]) executors.push(await Executor.create(device, plan));
    return judgeTimes(await timesInTurn(executors, feeds));
  } finally {
    for (const executor of executors) executor.dispose();
  }
}

/** Both loaded at once and run in turn, first one ahead and then the other, so that both see the same state of the machine. */
async function timesInTurn(
  executors: readonly Executor[],
  feeds: ReadonlyMap<string, Tensor>,
): Promise<readonly (readonly number[])[]> {
  const times: number[][] = executors.map(() => []);
  for (let run = 0; run <= COMPARED_RUNS; run++) {
    const order = [...executors.entries()];
    for (const [i, executor] of run % 2 === 0 ? order : order.reverse()) {
      const start = performance.now();
      await executor.run(feeds);
      // The first run still compiles or fills caches on some drivers.
      if (run > 0) times[i]?.push(performance.now() - start);
    }
  }
  return times;
}

/** From times of runs in turn to a verdict: which plan was faster in nearly all pairs, if any. */
export function judgeTimes([before = [], after = []]: readonly (readonly number[])[]): PlanComparison {
  const [beforeMs, afterMs] = [median(before), median(after)];
  const faster = before.filter((ms, i) => ms > (after[i] ?? NaN)).length;
  const slower = before.filter((ms, i) => ms < (after[i] ?? NaN)).length;
  const clearly = (pairs: number): boolean => pairs >= CLEAR * before.length;
  if (clearly(faster) && beforeMs > afterMs) return { verdict: 'faster', beforeMs, afterMs, gain: beforeMs / afterMs };
  if (clearly(slower) && beforeMs < afterMs) return { verdict: 'slower', beforeMs, afterMs, gain: beforeMs / afterMs };
  return { verdict: 'even', beforeMs, afterMs, gain: null };
}

/** True for plans whose dispatches are the same, one by one. */
function sameKernels(a: Plan, b: Plan): boolean {
  return (
    a.steps.length === b.steps.length &&
    a.steps.every((step, i) => {
      const other = b.steps[i];
      return (
        other !== undefined &&
        step.variant === other.variant &&
        a.pipelines[step.pipeline]?.wgsl === b.pipelines[other.pipeline]?.wgsl &&
        sameArray(step.workgroups, other.workgroups)
      );
    })
  );
}
