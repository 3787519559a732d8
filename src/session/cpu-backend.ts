/** The CPU backend: the references of the operators, node by node. It holds nothing but graphs, and is loaded when asked for. */
import type { Tensor } from '../core/tensor.ts';
import type { Graph, InputShapes } from '../ir/graph.ts';
import { runGraph } from '../runtime/cpu/run.ts';
import type { Backend, PrepareSettings, Prepared } from './backend.ts';
import { compileGraph } from './compile-graph.ts';
import type { CheckedFeed } from './feeds.ts';
import { hostFeeds, refuseOnDevice } from './host-feeds.ts';
import type { RunOptions, SessionOptions } from './options.ts';
import type { PrepareReport } from './report.ts';

/** Runs graphs at level `reference`. */
export class CpuBackend implements Backend {
  readonly kind = 'cpu';
  readonly adapter = 'CPU reference';
  readonly #weightStorage: SessionOptions['weightStorage'];

  constructor({ weightStorage }: Pick<SessionOptions, 'weightStorage'>) {
    this.#weightStorage = weightStorage;
  }

  async prepare(graph: Graph, inputShapes: InputShapes, { signal, progress }: PrepareSettings = {}): Promise<Prepared> {
    const start = performance.now();
    progress?.tell('compile');
    const compiled = await compileGraph(
      graph,
      { inputShapes, level: 'reference', weightStorage: this.#weightStorage },
      signal,
    );
    return new CpuPrepared(compiled, { passesMs: performance.now() - start, planMs: 0, compileMs: 0, uploadMs: 0 });
  }

  onLost(): () => void {
    return () => undefined; // It is always there.
  }

  dispose(): void {
    // There is nothing to free.
  }
}

class CpuPrepared implements Prepared {
  readonly graph: Graph;
  readonly report: PrepareReport;

  constructor(graph: Graph, report: PrepareReport) {
    this.graph = graph;
    this.report = report;
  }

  async run(feeds: ReadonlyMap<string, CheckedFeed>, options: RunOptions): Promise<Map<string, Tensor>> {
    const { fetches, signal } = options;
    refuseOnDevice(options);
    signal?.throwIfAborted();
    const all = runGraph(this.graph, await hostFeeds(feeds));
    return new Map([...all].filter(([name]) => fetches?.includes(name) ?? true));
  }

  dispose(): void {
    // There is nothing to free.
  }
}
