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
  /**
   * How activations and weights are stored on the GPU; `float32` unless given. `float16` takes half the memory where
   * kernels have it, and needs the feature `shader-f16` (PlanError without). Sums stay in float32, as do inputs and
   * outputs. Measured on photographs, it moves class probabilities by up to 2e-4 (MobileNet v2), normalised boxes by
   * 8e-4 (RFB-320), raw maps of a detector by 0.3 % of their root mean square (FastestDet); elements beyond 65504
   * become infinite. Without meaning on the CPU.
   */
  readonly precision?: 'float32' | 'float16';
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
  /** Kernel variants to force, by operator: for tests and benches. */
  readonly variants?: ForcedVariants;
}
