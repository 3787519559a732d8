/** One row of the kernel benchmark: one layer, every way to run it, and how close to the adapter's peaks each comes. */
import { achieved, roofline, type Bound } from '../../src/analysis/roofline.ts';
import type { AdapterPeaks } from '../../src/measure/adapter-peaks.ts';
import type { Shape } from '../../src/core/tensor.ts';
import type { Tunable } from '../../src/plan/tunables.ts';
import type { GpuClock } from '../../src/measure/clock.ts';
import { runTrials, type Trial } from '../../src/measure/trials.ts';
import type { NetworkName } from '../models/networks.ts';

/** One way to run a layer. Undefined figures belong to a problem. */
export interface CandidateRow {
  readonly variant: string;
  readonly dispatches: number;
  readonly ms: number | undefined;
  readonly medianMs: number | undefined;
  readonly gflops: number | undefined;
  readonly gbps: number | undefined;
  /** Of the arithmetic peak, of the bandwidth peak, and of the roofline, in percent. */
  readonly percentOfArithmetic: number | undefined;
  readonly percentOfBandwidth: number | undefined;
  readonly percentOfRoofline: number | undefined;
  readonly problem: string | undefined;
}

/** A layer and its candidates, in the heuristic's order. */
export interface LayerRow {
  /** How often each network has it. */
  readonly models: Readonly<Partial<Record<NetworkName, number>>>;
  readonly node: string;
  readonly op: string;
  readonly inputs: readonly (Shape | undefined)[];
  readonly outputs: readonly Shape[];
  readonly attributes: object;
  /** For people: `conv 3×3 s2 g32`. */
  readonly title: string;
  readonly multiplyAdds: number;
  readonly bytes: number;
  readonly bound: Bound;
  readonly candidates: readonly CandidateRow[];
  /** What is taken without tuning; undefined when no candidate works. */
  readonly chosen: string | undefined;
  readonly winner: string | undefined;
  /** Time of the chosen candidate over that of the winner. */
  readonly loss: number | undefined;
}

/** A candidate this much slower than the winner still counts as a right choice: less is within noise. */
export const NOISE = 1.05;

/** Measures one layer. Rejects only when the device is lost. */
export async function measureLayer(
  device: GPUDevice,
  clock: GpuClock,
  peaks: AdapterPeaks,
  layer: Tunable,
  models: LayerRow['models'],
): Promise<LayerRow> {
  const trials = await runTrials(device, clock, layer);
  const candidates = trials.map((trial) => candidateRow(trial, layer, peaks));
  const usable = trials.filter(({ ms }) => ms !== undefined);
  const winner = usable.reduce<Trial | undefined>((a, b) => (a && (a.ms ?? 0) <= (b.ms ?? 0) ? a : b), undefined);
  const chosen = usable[0];
  const { node, op, inputs, outputs, attributes, multiplyAdds, bytes } = layer;
  return {
    models,
    node,
    op,
    inputs,
    outputs,
    attributes,
    title: titleOf(layer),
    multiplyAdds,
    bytes,
    bound: roofline({ multiplyAdds, bytes, dispatches: 1 }, peaks).bound,
    candidates,
    chosen: chosen?.variant,
    winner: winner?.variant,
    loss: chosen?.ms !== undefined && winner?.ms !== undefined ? chosen.ms / winner.ms : undefined,
  };
}

function candidateRow(trial: Trial, { multiplyAdds, bytes }: Tunable, peaks: AdapterPeaks): CandidateRow {
  const { variant, dispatches, ms, medianMs, problem } = trial;
  if (ms === undefined) {
    const none = { gflops: undefined, gbps: undefined, percentOfArithmetic: undefined, percentOfBandwidth: undefined };
    return { variant, dispatches, ms, medianMs, ...none, percentOfRoofline: undefined, problem };
  }
  const { gflops, gbps, percent } = achieved({ multiplyAdds, bytes, dispatches: 1 }, peaks, ms);
  return {
    variant,
    dispatches,
    ms,
    medianMs,
    gflops,
    gbps,
    percentOfArithmetic: (100 * gflops) / peaks.gflops,
    percentOfBandwidth: (100 * gbps) / peaks.gbps,
    percentOfRoofline: percent,
    problem,
  };
}

/** What sets a layer apart beside its shapes. */
function titleOf({ op, inputs, attributes }: Tunable): string {
  if (op !== 'Conv' || !('strides' in attributes) || !('group' in attributes)) return op;
  const kernel = inputs[1]?.slice(0, -2).join('×') ?? '';
  const depthwise = attributes.group > 1 && attributes.group === inputs[0]?.at(-1);
  const parts = [
    attributes.strides.some((s) => s !== 1) ? `stride ${attributes.strides.join('×')}` : '',
    depthwise ? 'depthwise' : attributes.group > 1 ? `${attributes.group} groups` : '',
    'dilations' in attributes && attributes.dilations.some((d) => d !== 1)
      ? `dilation ${attributes.dilations.join('×')}`
      : '',
    inputs[3] ? 'residual' : '',
  ];
  return [`${kernel}`, ...parts.filter((part) => part !== '')].join(', ');
}
