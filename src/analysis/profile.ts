/** A profile: the measured steps of a plan against what they compute, what they move, and what the adapter can do. */
import type { AdapterPeaks } from '../measure/adapter-peaks.ts';
import type { PassTime, PlanTimes, Timing } from '../measure/timing.ts';
import type { Graph } from '../ir/graph.ts';
import type { Node } from '../ir/ops.ts';
import { ownStorage, valueBytes } from '../core/storage.ts';
import type { Shape } from '../core/tensor.ts';
import { definitionOf } from '../ops/registry.ts';
import type { Plan, PlanStep } from '../plan/plan.ts';
import { at } from '../util/arrays.ts';
import { achieved, roofline, type Bound } from './roofline.ts';

/** Milliseconds over the runs whose times could be used. */
export interface TimeSummary {
  readonly ms: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** Times that went into the mean; fewer than the runs where the device gave some that cannot be. */
  readonly samples: number;
}

/** Rates against the adapter's peaks. */
export interface Rates {
  /** Multiply-adds of one run; null for a dispatch that is only part of what its node computes. */
  readonly multiplyAdds: number | null;
  /** Bytes read and written, each operand once. */
  readonly bytes: number;
  /** 10⁹ operations a second, two a multiply-add. */
  readonly gflops: number | null;
  readonly gbps: number;
  /** What the roofline says holds it back, the least time that allows, and how much of the time taken that is. */
  readonly bound: Bound;
  readonly rooflineMs: number;
  readonly percentOfRoofline: number;
}

/** One dispatch. */
export interface ProfileStep extends TimeSummary, Rates {
  /** Its position in the plan. */
  readonly step: number;
  readonly node: string;
  readonly op: string;
  readonly variant: string;
  /** Shapes of the node's operands; null for absent optional ones. */
  readonly inputs: readonly (Shape | null)[];
  readonly outputs: readonly Shape[];
  readonly workgroups: readonly [number, number, number];
  /** Which of the node's dispatches, from 0, and how many there are. */
  readonly dispatch: number;
  readonly dispatches: number;
  /** Of the sum of all steps, in percent. */
  readonly share: number;
}

/** All dispatches of one node. */
export interface ProfileNode extends Rates {
  readonly node: string;
  readonly op: string;
  readonly variant: string;
  readonly inputs: readonly (Shape | null)[];
  readonly outputs: readonly Shape[];
  /** First of its steps, and their number. */
  readonly step: number;
  readonly dispatches: number;
  readonly ms: number;
  readonly share: number;
}

/** One dispatch that prepares weights when the plan is loaded. */
export interface ProfilePreparation extends TimeSummary {
  readonly label: string;
  readonly bytes: number;
  readonly gbps: number;
}

/** The whole run. */
export interface ProfileTotals {
  readonly steps: number;
  /** Sum of the steps, each in a pass of its own. */
  readonly stepsMs: number;
  /** The same steps in one pass, as a run has them: mean and least. */
  readonly passMs: number;
  readonly passMinMs: number;
  /** An ordinary run, from the feeds to the results on the host: mean and least. */
  readonly runMs: number;
  readonly runMinMs: number;
  /** `runMs − stepsMs`: uploading, waiting and reading back, less what separate passes cost; negative where those cost more. */
  readonly outsideMs: number;
  readonly prepareMs: number;
  readonly multiplyAdds: number;
  readonly bytes: number;
  readonly gflops: number;
  readonly gbps: number;
  /** Sum of the nodes' rooflines, and the share of `stepsMs` that is. */
  readonly rooflineMs: number;
  readonly percentOfRoofline: number;
  /** Times dropped because the device gave timestamps that cannot be. */
  readonly dropped: number;
}

/** What `Session.profile` resolves with. Milliseconds, means over `runs` unless said otherwise. */
export interface ProfileReport {
  readonly model: string;
  readonly adapter: string;
  /** Where step times come from: the GPU's timestamps, or the host's clock around each step submitted alone. */
  readonly timing: Timing;
  /** What two readings of that clock must lie apart to differ; means over several runs resolve finer. */
  readonly resolutionNs: number;
  readonly runs: number;
  readonly peaks: AdapterPeaks;
  readonly steps: readonly ProfileStep[];
  readonly nodes: readonly ProfileNode[];
  readonly prepare: readonly ProfilePreparation[];
  readonly totals: ProfileTotals;
  /** When each step ran, by run: for traces. */
  readonly timeline: readonly (readonly PassTime[])[];
}

/** What was profiled. */
export interface Profiled {
  readonly adapter: string;
  /** The graph the plan was made from. */
  readonly graph: Graph;
  readonly plan: Plan;
}

/** Puts measured times, the plan, the graph behind it and the peaks together. */
export function profileReport(
  { adapter, graph, plan }: Profiled,
  times: PlanTimes,
  peaks: AdapterPeaks,
): ProfileReport {
  const summaries = plan.steps.map((_, i) => summarise(times.steps.map((run) => at(run, i).ms)));
  const stepsMs = sum(summaries.map(({ ms }) => ms));
  const share = (ms: number): number => (stepsMs > 0 ? (100 * ms) / stepsMs : 0);
  const facts = factsOf(graph, plan);
  const steps = plan.steps.map((step, i): ProfileStep => {
    const summary = at(summaries, i);
    const { node, first, dispatches, inputs, outputs, multiplyAdds } = at(facts, step.node);
    const bytes = stepBytes(step, node, plan);
    return {
      step: i,
      node: node.name,
      op: step.op,
      variant: step.variant,
      inputs,
      outputs,
      workgroups: step.workgroups,
      dispatch: i - first,
      dispatches,
      ...summary,
      share: share(summary.ms),
      ...rates({ multiplyAdds: dispatches === 1 ? multiplyAdds : null, bytes, dispatches: 1 }, summary.ms, peaks),
    };
  });
  const nodes = facts.flatMap(({ node, first, dispatches, inputs, outputs, multiplyAdds, bytes }): ProfileNode[] => {
    if (dispatches === 0) return [];
    const ms = sum(summaries.slice(first, first + dispatches).map((summary) => summary.ms));
    const { op, variant } = at(plan.steps, first);
    const own = { node: node.name, op, variant, inputs, outputs, step: first, dispatches, ms, share: share(ms) };
    return [{ ...own, ...rates({ multiplyAdds, bytes, dispatches }, ms, peaks) }];
  });
  const prepare = plan.prepare.map((step, i): ProfilePreparation => {
    const summary = summarise(times.prepare.map((run) => at(run, i).ms));
    const bytes = sum(step.operandBytes);
    return { label: step.label, ...summary, bytes, gbps: summary.ms > 0 ? bytes / summary.ms / 1e6 : 0 };
  });
  const runs = times.steps.length;
  return {
    model: graph.name,
    adapter,
    timing: times.timing,
    resolutionNs: times.resolutionNs,
    runs,
    peaks,
    steps,
    nodes,
    prepare,
    totals: { ...totalsOf(nodes, times, stepsMs), steps: steps.length, prepareMs: sum(prepare.map(({ ms }) => ms)) },
    timeline: times.steps,
  };
}

function totalsOf(
  nodes: readonly ProfileNode[],
  times: PlanTimes,
  stepsMs: number,
): Omit<ProfileTotals, 'steps' | 'prepareMs'> {
  const pass = summarise(times.passMs);
  const run = summarise(times.runMs);
  const multiplyAdds = sum(nodes.map((n) => n.multiplyAdds ?? 0));
  const bytes = sum(nodes.map((n) => n.bytes));
  const rooflineMs = sum(nodes.map((n) => n.rooflineMs));
  const rate = (amount: number): number => (stepsMs > 0 ? amount / stepsMs / 1e6 : 0);
  return {
    stepsMs,
    passMs: pass.ms,
    passMinMs: pass.minMs,
    runMs: run.ms,
    runMinMs: run.minMs,
    outsideMs: run.ms - stepsMs,
    multiplyAdds,
    bytes,
    gflops: rate(2 * multiplyAdds),
    gbps: rate(bytes),
    rooflineMs,
    percentOfRoofline: stepsMs > 0 ? (100 * rooflineMs) / stepsMs : 0,
    dropped: [...times.steps, ...times.prepare].flat().filter(({ ms }) => Number.isNaN(ms)).length,
  };
}

/** What is known of a node without running it. */
interface NodeFacts {
  readonly node: Node;
  readonly first: number;
  readonly dispatches: number;
  readonly inputs: readonly (Shape | null)[];
  readonly outputs: readonly Shape[];
  readonly multiplyAdds: number;
  readonly bytes: number;
}

function factsOf(graph: Graph, plan: Plan): NodeFacts[] {
  return graph.nodes.map((node, i) => {
    const inputs = node.inputs.map((name) => (name === '' ? undefined : graph.values.get(name)));
    const outputs = node.outputs.flatMap((name) => graph.values.get(name) ?? []);
    const stored = [...new Set([...node.inputs, ...node.outputs])].map((name) => bytesNamed(name, graph, plan));
    return {
      node,
      first: plan.steps.findIndex((step) => step.node === i),
      dispatches: plan.steps.filter((step) => step.node === i).length,
      inputs: inputs.map((desc) => desc?.shape ?? null),
      outputs: outputs.map(({ shape }) => shape),
      multiplyAdds: definitionOf(node.op).multiplyAdds?.(node, inputs, outputs) ?? 0,
      bytes: sum(stored),
    };
  });
}

/** Bytes of a value as it is stored; constants as the model has them, before any preparation. */
function bytesNamed(name: string, graph: Graph, plan: Plan): number {
  const value = plan.values.get(name);
  const desc = graph.values.get(name);
  if (value) return valueBytes(value);
  return name === '' || !desc ? 0 : valueBytes({ shape: desc.shape, storage: ownStorage(desc.dtype) });
}

/** What a dispatch binds; what it writes over an operand of its node, which it reads first, counts twice. */
function stepBytes({ buffers, operandBytes, pipeline }: PlanStep, node: Node, plan: Plan): number {
  const { bindings } = at(plan.pipelines, pipeline);
  const overwritten = buffers.map((buffer, k) => {
    if (bindings[k]?.access !== 'read_write') return 0;
    const output = node.outputs.map((name) => plan.values.get(name)).find((value) => value?.buffer === buffer);
    const input = node.inputs.map((name) => plan.values.get(name)).find((value) => value?.buffer === buffer);
    return input && output && input.placement.offset === output.placement.offset ? at(operandBytes, k) : 0;
  });
  return sum(operandBytes) + sum(overwritten);
}

function rates(
  { multiplyAdds, ...work }: { multiplyAdds: number | null; bytes: number; dispatches: number },
  ms: number,
  peaks: AdapterPeaks,
): Rates {
  const whole = { ...work, multiplyAdds: multiplyAdds ?? 0 };
  const { gflops, gbps, percent } = achieved(whole, peaks, ms);
  const { bound, ms: rooflineMs } = roofline(whole, peaks);
  return {
    multiplyAdds,
    bytes: work.bytes,
    gflops: multiplyAdds === null ? null : gflops,
    gbps,
    bound,
    rooflineMs,
    percentOfRoofline: percent,
  };
}

/** Zeros when no time could be used. */
function summarise(times: readonly number[]): TimeSummary {
  const valid = times.filter((ms) => !Number.isNaN(ms));
  if (valid.length === 0) return { ms: 0, minMs: 0, maxMs: 0, samples: 0 };
  return { ms: sum(valid) / valid.length, minMs: Math.min(...valid), maxMs: Math.max(...valid), samples: valid.length };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
