/** What a session asks of what runs its graphs. The GPU, WASM and the CPU are implementations; another is a file beside theirs. */
import type { Tensor } from '../core/tensor.ts';
import type { Graph, InputShapes } from '../ir/graph.ts';
import type { GpuTensor } from '../runtime/webgpu/elements.ts';
import type { CheckedFeed } from './feeds.ts';
import type { RunOptions } from './options.ts';
import type { LoadingProgress } from './progress.ts';
import type { LoadReport, PrepareReport } from './report.ts';

/** What may be done while a graph is made ready. */
export interface PrepareSettings {
  readonly signal?: AbortSignal | undefined;
  /** Told of its stages. */
  readonly progress?: LoadingProgress | undefined;
}

/** Where a session's graphs run. Only one kind can leave outputs on a device, check steps or be profiled: see `GpuBackend`. */
export interface Backend {
  readonly kind: 'webgpu' | 'wasm' | 'cpu';
  /** What people call the device. */
  readonly adapter: string;
  /** Why it was chosen, where the caller left that open. */
  readonly choice?: string;
  /**
   * Calls `react` when nothing can run here any more, so that another backend must be opened. Gives what takes that back.
   */
  onLost(react: () => void): () => void;
  /**
   * Makes an imported graph ready to run with these extents of its inputs. Rejects as the passes do: ShapeError,
   * UnsupportedError, LoadError when a part of the engine cannot be fetched, and the signal's reason.
   */
  prepare(graph: Graph, shapes: InputShapes, during?: PrepareSettings): Promise<Prepared>;
  /** Frees what the backend holds. What it prepared is freed before. */
  dispose(): void;
}

/** What a report says of where it runs. */
export function placeFacts({ kind, adapter, choice }: Backend): Pick<LoadReport, 'backend' | 'adapter' | 'choice'> {
  return { backend: kind, adapter, ...(choice && { choice }) };
}

/** A graph that is ready to run with one set of input shapes. */
export interface Prepared {
  /** After the passes. */
  readonly graph: Graph;
  readonly report: PrepareReport;
  /** Outputs by name. The options are those of `Session.run`, which has checked them. Rejects as it does. */
  run(feeds: ReadonlyMap<string, CheckedFeed>, options: RunOptions): Promise<Map<string, Tensor | GpuTensor>>;
  /** Frees what it holds. Calls in flight reject. */
  dispose(): void;
}
