/** The model benchmark in the browser: whole networks with random weights, which take the time that trained ones take. */
import { adapterName, analyseGraph, Session, VERSION, type Graph } from '../../../src/index.ts';
import { mobilenetV2, randomWeights, resnet, shufflenetV2, squeezenet } from '../../../models/index.ts';
import { summarise } from '../../../bench/lib/statistics.ts';
import { browserName } from '../browser-name.ts';
import { wavesFor } from './feeds.ts';
import { totalsOf } from './inspect.ts';
import { plainError } from './plain-error.ts';
import { findAdapter } from './seat.ts';
import type { BenchEnvironment, BenchFailure, BenchReport, BenchRow, WorkerEvent } from './protocol.ts';

interface Network {
  readonly model: string;
  readonly title: string;
  readonly build: () => Graph;
}

/** Smallest first, at 224 × 224 and batch 1. */
const NETWORKS: readonly Network[] = [
  { model: 'shufflenet-v2', title: 'ShuffleNet v2', build: () => shufflenetV2({ weights: randomWeights() }) },
  { model: 'mobilenet-v2', title: 'MobileNet v2', build: () => mobilenetV2({ weights: randomWeights() }) },
  {
    model: 'squeezenet-1.1',
    title: 'SqueezeNet 1.1',
    build: () => squeezenet({ weights: randomWeights(), version: '1.1' }),
  },
  { model: 'resnet-18', title: 'ResNet-18', build: () => resnet({ weights: randomWeights(), depth: 18 }) },
];

/** Timed runs of a network: no more than this many, and none begins after this long once there are three. */
const MOST_RUNS = 100;
const FEWEST_RUNS = 3;
const SECONDS = 3;

/** One benchmark at a time. */
export class Benchmark {
  readonly #emit: (event: WorkerEvent) => void;
  #stopped = false;

  constructor(emit: (event: WorkerEvent) => void) {
    this.#emit = emit;
  }

  /** Ends after the run that is under way; what was measured so far is kept. */
  stop(): void {
    this.#stopped = true;
  }

  /** Measures every network; one that fails becomes a row that says why. */
  async run(): Promise<BenchReport> {
    this.#stopped = false;
    const environment = await environmentOf();
    const rows: (BenchRow | BenchFailure)[] = [];
    for (const [done, network] of NETWORKS.entries()) {
      if (this.#stopped) break;
      this.#emit({ type: 'bench-start', title: network.title, done, of: NETWORKS.length });
      const row = await this.#row(network);
      if (!row) break;
      rows.push(row);
      this.#emit({ type: 'bench-row', row });
    }
    return { environment, options: { batch: 1, secondsPerModel: SECONDS }, rows };
  }

  async #row(network: Network): Promise<BenchRow | BenchFailure | undefined> {
    const { model, title } = network;
    try {
      return await this.#measure(network);
    } catch (error) {
      return { model, title, error: plainError(error) };
    }
  }

  /** Undefined when it was stopped before there was anything to tell. */
  async #measure({ model, title, build }: Network): Promise<BenchRow | undefined> {
    const graph = build();
    const summary = await analyseGraph(graph);
    const feeds = wavesFor(graph.inputs);
    const start = performance.now();
    const session = await Session.create(graph);
    try {
      const loaded = performance.now();
      await session.run(feeds);
      const end = performance.now();
      const times: number[] = [];
      while (this.#continues(times.length, performance.now() - end)) {
        const begin = performance.now();
        await session.run(feeds);
        times.push(performance.now() - begin);
      }
      if (times.length === 0) return undefined;
      const runMs = summarise(times);
      const { plan } = await totalsOf(session, summary);
      return {
        model,
        title,
        batch: 1,
        inputShape: graph.inputs.flatMap(({ shape }) => shape.map(Number)),
        parameters: summary.parameters,
        multiplyAdds: summary.multiplyAdds,
        cold: { totalMs: end - start, stages: { load: loaded - start, firstRun: end - loaded } },
        ...(plan ? { plan } : {}),
        runMs,
        gflops: (2 * summary.multiplyAdds) / runMs.median / 1e6,
      };
    } finally {
      session.dispose();
    }
  }

  #continues(runs: number, ms: number): boolean {
    return !this.#stopped && runs < MOST_RUNS && (runs < FEWEST_RUNS || ms < SECONDS * 1000);
  }
}

async function environmentOf(): Promise<BenchEnvironment> {
  const adapter = await findAdapter();
  const { vendor = '', architecture = '', device = '' } = adapter?.info ?? {};
  return {
    date: new Date().toISOString(),
    tilewise: VERSION,
    browser: browserName(navigator.userAgent),
    platform: /\(([^)]*)\)/.exec(navigator.userAgent)?.[1] ?? 'unknown',
    cpuCount: navigator.hardwareConcurrency,
    adapter: {
      name: adapter ? adapterName(adapter.info) : 'none',
      vendor,
      architecture,
      device,
      features: [...(adapter?.features ?? [])].sort(),
    },
  };
}
