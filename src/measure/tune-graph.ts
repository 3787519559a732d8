/** Tuning a graph: what is not known of its nodes is measured, and what won is remembered. Loaded by whoever measures. */
import type { Graph } from '../ir/graph.ts';
import type { PlanOptions } from '../plan/plan-graph.ts';
import { tunables } from '../plan/tunables.ts';
import { profileOf } from '../runtime/webgpu/device.ts';
import { tune, type TuneOptions, type TuneResult } from './tuner.ts';
import type { TuningStore } from './tuning-store.ts';

/** Options of `tuneGraph`. */
export interface TuneGraphOptions extends Pick<TuneOptions, 'budgetMs' | 'signal' | 'onProgress'> {
  /** Measures what is known, too. */
  readonly again?: boolean | undefined;
}

/**
 * Tunes the nodes of a compiled graph that is going to be planned with these options. Rejects as `tune` does; what was
 * measured until then is remembered.
 */
export async function tuneGraph(
  { device, store }: { readonly device: GPUDevice; readonly store: TuningStore },
  graph: Graph,
  planOptions: PlanOptions,
  { again = false, ...options }: TuneGraphOptions = {},
): Promise<TuneResult> {
  try {
    return await tune(device, tunables(graph, profileOf(device), planOptions), {
      ...options,
      known: again ? new Map() : store.winners,
      onResult: ({ tunable, winner }) => winner && store.remember(tunable, winner.variant),
    });
  } finally {
    await store.save();
  }
}
