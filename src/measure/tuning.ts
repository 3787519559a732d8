/** What tuning means for a session: what is looked up, what is measured, where it is remembered. */
import { onDemand } from '../core/on-demand.ts';
import type { Graph } from '../ir/graph.ts';
import type { TunedVariants } from '../plan/lower.ts';
import type { PlanOptions } from '../plan/plan-graph.ts';
import { databaseCache } from './tuning-database.ts';
import { tuningKey, type TuningCache } from './tuning-key.ts';
import type { TuneGraphOptions } from './tune-graph.ts';
import type { TuningStore } from './tuning-store.ts';

/** How a session chooses among the kernels that can run a node. */
export interface TuningOptions {
  /**
   * `cached` (default): what an earlier session measured on this adapter, else the built-in table; nothing is measured.
   * `full`: what is not known is measured while the model loads, and remembered. `off`: the built-in table.
   */
  readonly tune?: 'off' | 'cached' | 'full';
  /** Milliseconds after which `full` measures no further node, for each set of input shapes; 20 000 by default. */
  readonly tuneBudgetMs?: number;
  /** Where measurements are remembered. Default: IndexedDB in a page; nowhere else (`tilewise/node` has a file). */
  readonly tuningCache?: TuningCache | undefined;
}

/** What tuning did for the plan a session was created with. */
export interface TuningReport {
  readonly mode: 'cached' | 'full';
  /** Signatures remembered of this adapter, of this and other models. */
  readonly remembered: number;
  /** Signatures measured now, those the budget did not reach, and how long it took. */
  readonly measured: number;
  readonly left: number;
  readonly ms: number;
  /** What is wrong with the cache; absent when nothing is. */
  readonly note?: string;
}

/** Tuning of one session on one device. */
export class SessionTuning {
  readonly #device: GPUDevice;
  readonly #options: TuningOptions;
  #store: Promise<TuningStore> | undefined;
  #known: Promise<TuningStore | undefined> | undefined;

  constructor(device: GPUDevice, options: TuningOptions) {
    this.#device = device;
    this.#options = options;
    // Reading what is remembered overlaps with the rest of loading.
    this.#remembered().catch(() => undefined);
  }

  get #mode(): 'off' | 'cached' | 'full' {
    return this.#options.tune ?? 'cached';
  }

  /** What is remembered of the adapter. Rejects with LoadError when the code that reads it cannot be fetched. */
  store(): Promise<TuningStore> {
    this.#store ??= onDemand('tuner', () => import('./tuning-store.ts')).then(({ TuningStore }) =>
      TuningStore.open(this.#device, this.#cache),
    );
    return this.#store;
  }

  get #cache(): TuningCache | undefined {
    const { tuningCache = databaseCache() } = this.#options;
    return tuningCache;
  }

  /** The store, where there is something in it to be used: most pages never tune, and need not load what reads it. */
  #remembered(): Promise<TuningStore | undefined> {
    this.#known ??= this.#mode === 'off' ? Promise.resolve(undefined) : this.#look();
    return this.#known;
  }

  async #look(): Promise<TuningStore | undefined> {
    // What cannot be read is for the store to report.
    const text = await this.#cache?.get(tuningKey(this.#device)).catch(() => '');
    return text === undefined ? undefined : this.store();
  }

  /** What is known without measuring. Rejects as `store` does. */
  async known(): Promise<TunedVariants | undefined> {
    return unlessEmpty((await this.#remembered())?.winners);
  }

  /**
   * The variants to take for the nodes of a compiled graph that is going to be planned with these options, and what was done
   * to find them; neither when tuning is off. Rejects as `tune` does; what was measured until then is remembered.
   */
  async variantsFor(
    graph: Graph,
    planOptions: PlanOptions,
    { signal, onProgress }: Pick<TuneGraphOptions, 'signal' | 'onProgress'>,
  ): Promise<{ readonly tuned?: TunedVariants | undefined; readonly report?: TuningReport }> {
    const mode = this.#mode;
    if (mode === 'off') return {};
    let store = await this.#remembered();
    const remembered = store?.winners.size ?? 0;
    let [measured, left, ms] = [0, 0, 0];
    if (mode === 'full') {
      const { tuneGraph } = await onDemand('tuner', () => import('./tune-graph.ts'));
      store = await this.store();
      const result = await tuneGraph({ device: this.#device, store }, graph, planOptions, {
        budgetMs: this.#options.tuneBudgetMs,
        signal,
        onProgress,
      });
      [measured, left, ms] = [result.nodes.length, result.left, result.ms];
    }
    const note = store?.note;
    const report = { mode, remembered, measured, left, ms, ...(note && { note }) };
    return { tuned: unlessEmpty(store?.winners), report };
  }
}

/** Nothing, where nothing is known: planning then need not describe every node to look it up. */
function unlessEmpty(winners: TunedVariants | undefined): TunedVariants | undefined {
  return winners?.size ? winners : undefined;
}
