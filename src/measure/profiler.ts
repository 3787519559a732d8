/** Times every step of a loaded plan, all steps together, and ordinary runs beside them. */
import type { PassTime, PlanTimes } from './timing.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Plan } from '../plan/plan.ts';
import { range } from '../util/arrays.ts';
import { GpuClock } from './clock.ts';
import { Executor } from '../runtime/webgpu/executor.ts';

/** Options of `timePlan`. */
export interface TimePlanOptions {
  /** How often everything is timed; 10 by default. */
  readonly runs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Use the host's clock although the device has timestamps. */
  readonly wall?: boolean;
}

/**
 * Runs the network on these feeds, again and again, with each step in a pass of its own, with all steps in one, and as
 * `Executor.run` does, in turn. Other runs of the executor wait for each of them. Rejects with DeviceError DEVICE_LOST,
 * InputError once disposed, ShapeError on feeds that do not fit, and the signal's reason.
 */
export async function timePlan(
  executor: Executor,
  feeds: ReadonlyMap<string, Tensor>,
  options: TimePlanOptions = {},
): Promise<PlanTimes> {
  const { runs = 10, signal, wall = false } = options;
  const { device, plan } = executor;
  const clock = new GpuClock(device, wall);
  const steps: (readonly PassTime[])[] = [];
  const passMs: number[] = [];
  const runMs: number[] = [];
  try {
    // Neither the first run nor what the clock pays for once counts.
    await executor.run(feeds);
    await clock.floorMs();
    for (let run = 0; run < runs; run++) {
      signal?.throwIfAborted();
      steps.push(await executor.exclusive(() => timeSteps(executor, clock, feeds)));
      passMs.push(await executor.exclusive(() => timePass(executor, clock, feeds)));
      const start = performance.now();
      await executor.run(feeds);
      runMs.push(performance.now() - start);
    }
    const prepare = plan.prepare.length === 0 ? [] : await timePreparation(device, plan, clock, runs);
    return { timing: clock.timing, resolutionNs: clock.resolutionNs, steps, prepare, passMs, runMs };
  } finally {
    clock.destroy();
  }
}

function timeSteps(executor: Executor, clock: GpuClock, feeds: ReadonlyMap<string, Tensor>): Promise<PassTime[]> {
  executor.writeInputs(feeds);
  const passes = range(executor.plan.steps.length).map(
    (step) => (pass: GPUComputePassEncoder) => executor.encodeSteps(pass, step, step + 1),
  );
  return clock.time(passes);
}

async function timePass(executor: Executor, clock: GpuClock, feeds: ReadonlyMap<string, Tensor>): Promise<number> {
  executor.writeInputs(feeds);
  const [time] = await clock.time([(pass) => executor.encodeSteps(pass, 0, executor.plan.steps.length)]);
  return time?.ms ?? 0;
}

/** The sources of prepared weights are gone once a plan is loaded, so the preparation is loaded again, as steps. */
async function timePreparation(
  device: GPUDevice,
  plan: Plan,
  clock: GpuClock,
  runs: number,
): Promise<(readonly PassTime[])[]> {
  const executor = await Executor.create(device, preparationOf(plan));
  try {
    const none = new Map<string, Tensor>();
    await timeSteps(executor, clock, none);
    const times: (readonly PassTime[])[] = [];
    for (let run = 0; run < runs; run++) times.push(await timeSteps(executor, clock, none));
    return times;
  } finally {
    executor.dispose();
  }
}

/** The preparation of a plan as a plan: other buffers shrink to nothing, but keep their numbers; all stand alone. */
function preparationOf(plan: Plan): Plan {
  const used = new Set(plan.prepare.flatMap((step) => step.buffers));
  return {
    ...plan,
    name: `${plan.name}/prepare`,
    inputs: [],
    outputs: [],
    buffers: plan.buffers.map(({ bytes, role }, i) => (used.has(i) ? { bytes, role } : { bytes: 16, role: 'slot' })),
    weights: plan.weights.filter(({ buffer }) => used.has(buffer)),
    prepare: [],
    steps: plan.prepare,
    values: new Map(),
  };
}
