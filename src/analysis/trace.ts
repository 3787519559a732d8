/** A profile as a Chrome trace, for chrome://tracing and https://ui.perfetto.dev. */
import type { ProfileReport, ProfileStep } from './profile.ts';

/** One event of the Trace Event Format. Times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  /** `X` a complete event, `M` metadata. */
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A trace file's contents. */
export interface ChromeTrace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
  readonly otherData: Readonly<Record<string, string>>;
}

const PROCESS = 1;

/** The mean of all runs on the first track, the steps one after another; then a track for each run, as it was. */
export function chromeTrace({ model, adapter, timing, steps, timeline }: ProfileReport): ChromeTrace {
  let end = 0;
  const means = steps.map((step) => event(step, 0, (end += step.ms) - step.ms, step.ms));
  const runs = timeline.flatMap((times, run) =>
    times.flatMap(({ start, ms }, i) => {
      const step = steps[i];
      return step && !Number.isNaN(ms) ? [event(step, run + 1, start, ms)] : [];
    }),
  );
  const names = [
    metadata('process_name', 0, `${model} on ${adapter}`),
    metadata('thread_name', 0, 'mean of the runs'),
    ...timeline.map((_, run) => metadata('thread_name', run + 1, `run ${run + 1}`)),
  ];
  return {
    traceEvents: [...names, ...means, ...runs],
    displayTimeUnit: 'ms',
    otherData: { model, adapter, timing },
  };
}

function metadata(name: string, tid: number, label: string): TraceEvent {
  return { name, ph: 'M', pid: PROCESS, tid, args: { name: label } };
}

function event(step: ProfileStep, tid: number, startMs: number, ms: number): TraceEvent {
  const { node, op, variant, dispatch, dispatches, inputs, outputs, workgroups } = step;
  const { multiplyAdds, bytes, gflops, gbps, bound, percentOfRoofline } = step;
  return {
    name: dispatches === 1 ? node : `${node} (${dispatch + 1} of ${dispatches})`,
    ph: 'X',
    pid: PROCESS,
    tid,
    ts: startMs * 1000,
    dur: ms * 1000,
    cat: op,
    args: {
      kernel: `${op}/${variant}`,
      inputs,
      outputs,
      workgroups,
      multiplyAdds,
      bytes,
      gflops,
      gbps,
      bound,
      percentOfRoofline,
    },
  };
}
