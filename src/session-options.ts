/** What a session can be told when it is created. */
import type { GpuSource } from './gpu-source.ts';
import type { InputShapes } from './ir/graph.ts';
import type { LoadProgress } from './load-report.ts';
import type { ForcedVariants } from './plan/lower.ts';
import type { TuningOptions } from './session-tuning.ts';

/** Options of `Session.create`. */
export interface SessionOptions extends TuningOptions {
  /** `webgpu` (default) or the plain CPU reference. There is no silent fallback from one to the other. */
  readonly backend?: 'webgpu' | 'cpu';
  /** Defaults to `navigator.gpu`. In Node see `tilewise/node`. */
  readonly gpu?: GpuSource;
  /** Extents for inputs with symbolic dimensions; an unnamed leading one (the batch) defaults to 1. */
  readonly inputShapes?: InputShapes;
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
  /** Kernel variants to force, by operator: for tests and benches. */
  readonly variants?: ForcedVariants;
}
